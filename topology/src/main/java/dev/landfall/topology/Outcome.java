package dev.landfall.topology;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an attempt at an item ended. */
sealed interface Outcome {
    /** @param how {@code done} (also when this very output was there already) or {@code superseded} */
    record Stored(String how, ObjectKey output, Generation generation, long size) implements Outcome {}

    /** There is nothing to do any more. */
    record Skipped(String why) implements Outcome {}

    /**
     * The work itself failed.
     *
     * @param stage the transform, or {@code read} or {@code put}
     * @param code short and stable
     * @param detail the end of what the transform said
     */
    record Failed(String stage, String code, String message, boolean retryable, String detail) implements Outcome {}

    /** Something that the work needs is not there; the item waits for it, however long it takes. */
    record Unavailable(
            String code, String message, @Nullable Duration retryAfter) implements Outcome {}

    /** Nobody waits for the result any more. */
    record Cancelled() implements Outcome {}
}
