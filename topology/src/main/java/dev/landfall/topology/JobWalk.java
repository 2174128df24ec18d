package dev.landfall.topology;

import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Goes through many things in the order of their names, some at a time, a page after the other: the next page is asked for when the last
 * one is done, and the share's cursor is then its end. What fails for a passing reason is tried again a few times.
 */
final class JobWalk {
    private static final int AT_ONCE = 8;
    private static final List<Duration> PAUSES = List.of(
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30));

    private static final Duration LOOK = Duration.ofMillis(100);

    /** @param next where the page after this one begins; null when this is the last */
    record Page<T>(List<T> items, @Nullable String next) {}

    /** Does one; what it throws counts as its failure. */
    interface Action<T> {
        void run(T item);
    }

    private final TimeSource time;
    private final JobTally tally;
    private final BooleanSupplier cancelled;

    JobWalk(TimeSource time, JobTally tally, BooleanSupplier cancelled) {
        this.time = time;
        this.tally = tally;
        this.cancelled = cancelled;
    }

    /**
     * @param pages by the cursor after which they begin; "" for the start
     * @param name for reports
     */
    <T> void each(Function<String, Page<T>> pages, Function<T, String> name, Action<T> action) {
        String cursor = tally.cursor();
        for (@Nullable String next = cursor == null ? "" : cursor; next != null && !cancelled.getAsBoolean(); ) {
            String after = next;
            Page<T> page = patiently(() -> pages.apply(after));
            all(page.items(), name, action);
            next = page.next();
            if (next != null && !cancelled.getAsBoolean()) {
                tally.reached(next);
            }
        }
    }

    private <T> void all(List<T> items, Function<T, String> name, Action<T> action) {
        var permits = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (T item : items) {
                permits.acquireUninterruptibly();
                if (cancelled.getAsBoolean()) {
                    return;
                }
                threads.execute(() -> {
                    try {
                        patiently(() -> {
                            action.run(item);
                            return item;
                        });
                    } catch (RuntimeException e) {
                        if (!cancelled.getAsBoolean()) {
                            tally.failed(name.apply(item) + ": " + e.getMessage());
                        }
                    } finally {
                        permits.release();
                    }
                });
            }
        }
    }

    private <R> R patiently(java.util.function.Supplier<R> action) {
        for (int tries = 0; ; tries++) {
            try {
                return action.get();
            } catch (LandfallException e) {
                if (e.code().status() != 503 || tries == PAUSES.size() || !pause(PAUSES.get(tries))) {
                    throw e;
                }
            }
        }
    }

    private boolean pause(Duration wanted) {
        for (long left = wanted.toMillis(); left > 0 && !cancelled.getAsBoolean(); left -= LOOK.toMillis()) {
            time.sleep(LOOK);
        }
        return !cancelled.getAsBoolean();
    }
}
