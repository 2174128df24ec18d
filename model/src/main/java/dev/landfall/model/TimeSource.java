package dev.landfall.model;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Where time comes from: monotonic for durations, wall time for what is shown or kept on disk. */
public interface TimeSource {
    /** Monotonic nanoseconds with an arbitrary origin. */
    long nanos();

    /** Wall time. Never used for order. */
    Instant now();

    /** Waits; returns early (with the interrupt flag set) when interrupted. */
    void sleep(Duration duration);

    /** Takes a permit, waiting at most so long; false when none came. */
    default boolean acquire(Semaphore permits, Duration atMost) throws InterruptedException {
        return permits.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits, at most so long, until a future is done, whichever way; false when it is not. */
    default boolean await(CompletableFuture<?> future, Duration atMost) throws InterruptedException {
        try {
            future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

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
