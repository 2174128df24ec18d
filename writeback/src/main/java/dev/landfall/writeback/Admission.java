package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.DirtyStats;
import dev.landfall.targets.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Refuses changes that would make more dirty when too much waits for S3, or has waited for too long. */
final class Admission {
    private static final long FRESH_NANOS = Duration.ofMillis(50).toNanos();
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** @param since bytes admitted since then */
    private record Seen(DirtyStats stats, long at, AtomicLong since) {}

    private final ObjectStore store;
    private final long maxBytes;
    private final Duration maxAge;
    private final WritebackMetrics metrics;
    private final TimeSource time;
    private volatile Seen seen;
    private volatile boolean closed;

    Admission(ObjectStore store, long maxBytes, Duration maxAge, WritebackMetrics metrics, TimeSource time) {
        this.store = store;
        this.maxBytes = maxBytes;
        this.maxAge = maxAge;
        this.metrics = metrics;
        this.time = time;
        this.seen = new Seen(store.dirtyStats(null), time.nanos(), new AtomicLong());
    }

    /** @param coming bytes that the change would make dirty; -1 when unknown */
    void admit(long coming) {
        DirtyStats stats = recent();
        String cause = over(stats, seen.since.addAndGet(Math.max(0, coming)));
        if (cause != null && over(now(), Math.max(0, coming)) != null) {
            metrics.rejected(cause);
            throw new LandfallException(
                    ErrorCode.DIRTY_LIMIT,
                    cause.equals("bytes")
                            ? "More than " + maxBytes + " bytes wait for S3; try again later"
                            : "The oldest change has waited for S3 for more than " + maxAge + "; try again later",
                    null,
                    RETRY_AFTER);
        }
    }

    DirtyStats recent() {
        Seen last = seen;
        return closed || time.nanos() - last.at < FRESH_NANOS ? last.stats : now();
    }

    /** The store is about to close: the gauges keep their last values. */
    void close() {
        closed = true;
    }

    double ageSeconds(DirtyStats stats) {
        Instant oldest = stats.oldest();
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, time.now()).toMillis() / 1000.0);
    }

    private DirtyStats now() {
        DirtyStats stats = store.dirtyStats(null);
        seen = new Seen(stats, time.nanos(), new AtomicLong());
        return stats;
    }

    private @Nullable String over(DirtyStats stats, long coming) {
        return stats.bytes() + coming > maxBytes
                ? "bytes"
                : ageSeconds(stats) * 1000 > maxAge.toMillis() ? "age" : null;
    }
}
