package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.WritebackMode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A multipart upload that is neither completed nor aborted.
 *
 * @param id 16 hex digits; for the same key, later uploads have higher ids
 * @param metadata of the object it will be
 * @param headers likewise, the kept ones
 * @param mode overrides the bucket's when the upload is completed; null for the bucket's own
 * @param initiated wall time, to the millisecond
 */
public record Upload(
        ObjectKey key,
        String id,
        @Nullable String contentType,
        Map<String, String> metadata,
        Map<String, String> headers,
        @Nullable WritebackMode mode,
        ChangeCause cause,
        Instant initiated) {
    public Upload {
        metadata = Map.copyOf(metadata);
        headers = Map.copyOf(headers);
    }
}
