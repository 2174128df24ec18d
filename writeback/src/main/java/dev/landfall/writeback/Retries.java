package dev.landfall.writeback;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and when a failed attempt is made again.
 *
 * @param first the wait after the first failure; it doubles with each further one
 * @param longest the longest wait
 * @param refusals attempts that S3 may refuse before the generation is parked
 * @param firstRefusal the wait after the first refusal; it doubles with each further one
 */
public record Retries(Duration first, Duration longest, int refusals, Duration firstRefusal) {
    public static final Retries DEFAULT =
            new Retries(Duration.ofMillis(100), Duration.ofSeconds(10), 5, Duration.ofMillis(600));

    /** @param failures so far, at least 1 */
    Duration afterFailure(int failures, RandomGenerator random) {
        return jitter(first, failures, random);
    }

    /** @param refusals so far, at least 1 */
    Duration afterRefusal(int refusals, RandomGenerator random) {
        return jitter(firstRefusal, refusals, random);
    }

    private Duration jitter(Duration base, int count, RandomGenerator random) {
        double doubled = (double) base.toNanos() * (1L << Math.min(count - 1, 30));
        double capped = Math.min(doubled, (double) longest.toNanos());
        return Duration.ofNanos((long) (capped * (0.5 + random.nextDouble() / 2)));
    }
}
