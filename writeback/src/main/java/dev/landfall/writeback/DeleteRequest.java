package dev.landfall.writeback;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import org.jspecify.annotations.Nullable;

/** A DELETE. Of an object that does not exist it succeeds and changes nothing, as in S3. */
public record DeleteRequest(
        @Nullable WritebackMode mode,
        ChangeCause cause,
        Condition condition,
        @Nullable String traceparent) {
    public static DeleteRequest byClient() {
        return new DeleteRequest(null, ChangeCause.CLIENT, Condition.ALWAYS, null);
    }
}
