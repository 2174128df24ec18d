package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the commits of a key in the order of their generations: while a sync change holds a reserved generation, no other change of that
 * key commits. Holds an entry only for keys that are being changed at this moment.
 */
final class CommitGate {
    private static final class Entry {
        int shared;
        int waiting;
        /** Of those that wait; while there are any, no shared one gets in. */
        int exclusiveWaiting;

        boolean exclusive;
    }

    private final ConcurrentHashMap<ObjectKey, Entry> entries = new ConcurrentHashMap<>();
    private final TimeSource time;

    CommitGate(TimeSource time) {
        this.time = time;
    }

    /** For a change that takes its generation in its own commit. Many at once. {@link #leaveShared} afterwards. */
    void enterShared(ObjectKey key, Duration timeout) {
        enter(key, false, timeout);
    }

    /** Likewise, but without waiting; false when it would have to wait. */
    boolean tryEnterShared(ObjectKey key) {
        return tryEnter(key, false, false);
    }

    void leaveShared(ObjectKey key) {
        leave(key, false);
    }

    /** For a change with a reserved generation: one, alone. {@link #leaveExclusive} afterwards. */
    void enterExclusive(ObjectKey key, Duration timeout) {
        enter(key, true, timeout);
    }

    void leaveExclusive(ObjectKey key) {
        leave(key, true);
    }

    private void enter(ObjectKey key, boolean exclusive, Duration timeout) {
        if (tryEnter(key, exclusive, false)) {
            return;
        }
        long end = time.nanos() + timeout.toNanos();
        Entry entry = entries.compute(key, (k, old) -> {
            Entry e = old == null ? new Entry() : old;
            e.waiting++;
            e.exclusiveWaiting += exclusive ? 1 : 0;
            return e;
        });
        try {
            while (!tryEnter(key, exclusive, exclusive)) {
                long left = end - time.nanos();
                if (left <= 0) {
                    throw new LandfallException(
                            ErrorCode.BUSY,
                            "Another change of " + key + " has been waiting for S3 for too long; try again",
                            null,
                            Duration.ofSeconds(1));
                }
                synchronized (entry) {
                    // Short waits: a wake-up between the try and the wait costs little.
                    entry.wait(Math.clamp(left / 1_000_000, 1, 5));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(ErrorCode.SHUTTING_DOWN, "The wait for another change was interrupted", e);
        } finally {
            entries.compute(key, (k, e) -> {
                if (e == null) {
                    return null;
                }
                e.waiting--;
                e.exclusiveWaiting -= exclusive ? 1 : 0;
                return e.waiting == 0 && e.shared == 0 && !e.exclusive ? null : e;
            });
        }
    }

    private boolean tryEnter(ObjectKey key, boolean exclusive, boolean waited) {
        boolean[] entered = new boolean[1];
        entries.compute(key, (k, old) -> {
            Entry e = old == null ? new Entry() : old;
            if (!e.exclusive && (exclusive ? e.shared == 0 : waited || e.exclusiveWaiting == 0)) {
                if (exclusive) {
                    e.exclusive = true;
                } else {
                    e.shared++;
                }
                entered[0] = true;
            }
            return e;
        });
        return entered[0];
    }

    private void leave(ObjectKey key, boolean exclusive) {
        entries.compute(key, (k, e) -> {
            if (e == null) {
                throw new IllegalStateException("The gate of " + key + " was not entered");
            }
            if (exclusive) {
                e.exclusive = false;
            } else {
                e.shared--;
            }
            if (e.waiting > 0) {
                synchronized (e) {
                    e.notifyAll();
                }
                return e;
            }
            return e.shared == 0 && !e.exclusive ? null : e;
        });
    }
}
