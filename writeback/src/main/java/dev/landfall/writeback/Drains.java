package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Finishes cold reads whose readers have gone: a few at a time, and only short rests. */
final class Drains {
    private static final int AT_ONCE = 8;
    private static final long LONGEST_REST = 256L << 20;

    private static final Duration POLL = Duration.ofMillis(2);

    private final TimeSource time;
    private final Set<Thread> running = new HashSet<>();
    private boolean closed;

    Drains(TimeSource time) {
        this.time = time;
    }

    /** @return false when the work is not taken */
    synchronized boolean start(long rest, Runnable work) {
        if (closed || rest > LONGEST_REST || running.size() >= AT_ONCE) {
            return false;
        }
        Thread thread = Thread.ofVirtual().name("landfall-drain").unstarted(() -> {
            try {
                work.run();
            } finally {
                done(Thread.currentThread());
            }
        });
        running.add(thread);
        thread.start();
        return true;
    }

    /** Whether nothing may be stored any more. */
    synchronized boolean isClosed() {
        return closed;
    }

    void close(Duration grace) {
        synchronized (this) {
            closed = true;
        }
        if (!awaitQuiet(grace)) {
            synchronized (this) {
                running.forEach(Thread::interrupt);
            }
            awaitQuiet(Duration.ofSeconds(1));
        }
    }

    private synchronized void done(Thread thread) {
        running.remove(thread);
    }

    private boolean awaitQuiet(Duration timeout) {
        long end = time.nanos() + timeout.toNanos();
        while (!isQuiet()) {
            if (time.nanos() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            time.sleep(POLL);
        }
        return true;
    }

    private synchronized boolean isQuiet() {
        return running.isEmpty();
    }
}
