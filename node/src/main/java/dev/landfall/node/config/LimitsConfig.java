package dev.landfall.node.config;

import java.time.Duration;

/**
 * What may grow how far.
 *
 * @param uploads to S3 in flight at once
 * @param sweepInterval how often the dirty index is searched for work that no event woke
 * @param dirtyBytes that may wait for S3 before changes are refused
 * @param dirtyAge of the oldest change that waits for S3, before changes are refused
 * @param drain how long a stop waits for what is in flight
 */
public record LimitsConfig(int uploads, Duration sweepInterval, long dirtyBytes, Duration dirtyAge, Duration drain) {
    public static final LimitsConfig DEFAULT =
            new LimitsConfig(32, Duration.ofSeconds(30), 64L << 30, Duration.ofHours(24), Duration.ofSeconds(5));
}
