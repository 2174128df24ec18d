package dev.landfall.writeback;

import dev.landfall.model.Generation;
import org.jspecify.annotations.Nullable;

/**
 * An attempt without an answer: S3 may still carry it out.
 *
 * @param delete whether it was a delete
 * @param until when it can no longer be alive, in monotonic nanoseconds
 */
record Hazard(Generation generation, boolean delete, RemoteCondition condition, long until) {
    /**
     * Whether it would spoil what S3 has now.
     *
     * @param now the generation that S3 has acknowledged
     * @param etag of it; null when that generation is a delete
     */
    boolean threatens(Generation now, boolean deleted, @Nullable String etag) {
        if (generation.equals(now)) {
            return false;
        }
        if (delete) {
            return !deleted;
        }
        return switch (condition) {
            case RemoteCondition.None none -> true;
            case RemoteCondition.IfAbsent absent -> deleted;
            // The same bytes have the same ETag, so an old condition can come true again.
            case RemoteCondition.IfEtag(String expected) -> expected.equals(etag);
        };
    }
}
