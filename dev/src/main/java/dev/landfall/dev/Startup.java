package dev.landfall.dev;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A start that need not be waited for to its end. */
final class Startup {
    private static final long POLL_MILLIS = 50;

    private Startup() {}

    /**
     * What was started; null when the process was asked to stop and the start did not come to its end within the grace after that. It goes
     * on then, so that the caller should end the process.
     */
    static <T> @Nullable T unless(BooleanSupplier asked, Duration grace, Callable<T> start)
            throws InterruptedException {
        var task = new FutureTask<>(start);
        Thread.ofPlatform().daemon().name("landfall-start").start(task);
        long end = 0;
        boolean stopping = false;
        while (true) {
            try {
                return task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!stopping && asked.getAsBoolean()) {
                    stopping = true;
                    end = System.nanoTime() + grace.toNanos();
                }
                if (stopping && System.nanoTime() - end >= 0) {
                    return null;
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e.getCause());
            }
        }
    }
}
