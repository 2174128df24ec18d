package dev.landfall.targets;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What S3 does not have yet.
 *
 * @param objects dirty and parked ones
 * @param bytes of dirty and parked ones
 * @param oldest when the oldest dirty (not parked) change was made; null when there is none
 */
public record DirtyStats(
        long objects, long bytes, long parked, @Nullable Instant oldest) {
    public static final DirtyStats NONE = new DirtyStats(0, 0, 0, null);
}
