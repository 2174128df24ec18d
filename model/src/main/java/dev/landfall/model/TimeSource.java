package dev.landfall.model;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** Where time comes from: monotonic for durations, wall time for what is shown or kept on disk. */
public interface TimeSource {
    /** Monotonic nanoseconds with an arbitrary origin. */
    long nanos();

    /** Wall time. Never used for order. */
    Instant now();

    /** Waits; returns early (with the interrupt flag set) when interrupted. */
    void sleep(Duration duration);

    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /** The machine's clocks. */
    enum SystemTime implements TimeSource {
        INSTANCE;

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleep(Duration duration) {
            long end = System.nanoTime() + duration.toNanos();
            for (long left;
                    (left = end - System.nanoTime()) > 0
                            && !Thread.currentThread().isInterrupted(); ) {
                LockSupport.parkNanos(left);
            }
        }
    }
}
