package dev.landfall.writeback;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Finishes cold reads whose readers have gone: a few at a time, and only short rests. */
final class Drains {
    private static final int AT_ONCE = 8;
    private static final long LONGEST_REST = 256L << 20;

    private final Set<Thread> running = new HashSet<>();
    private boolean closed;

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
        notifyAll();
    }

    private synchronized boolean awaitQuiet(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            for (long left; !running.isEmpty() && (left = end - System.nanoTime()) > 0; ) {
                wait(Math.max(1, left / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return running.isEmpty();
    }
}
