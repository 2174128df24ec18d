package dev.landfall.writeback;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Origin;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the body of a PUT.
 *
 * @param length of the body in bytes, -1 when unknown
 * @param metadata user metadata, without any prefix, keys in lower case
 * @param mode overrides the bucket's for this change; null for the bucket's own
 * @param origin for an output of a pipeline; its condition is then {@link Condition.IfOutput}
 */
public record PutRequest(
        long length,
        @Nullable String contentType,
        Map<String, String> metadata,
        @Nullable WritebackMode mode,
        ChangeCause cause,
        Condition condition,
        @Nullable Origin origin,
        @Nullable String traceparent) {
    public static PutRequest ofLength(long length) {
        return new PutRequest(length, null, Map.of(), null, ChangeCause.CLIENT, Condition.ALWAYS, null, null);
    }
}
