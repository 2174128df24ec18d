package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Keeps the commits of a key in the order of their generations: while a sync change holds a reserved generation, no other change of that
 * key commits. Holds an entry only for keys that are being changed at this moment.
 */
final class CommitGate {
    private record Waiter(boolean exclusive, Semaphore go) {}

    private static final class Entry {
        int shared;
        boolean exclusive;
        /** In the order they came; exclusive ones go first. */
        final List<Waiter> waiting = new ArrayList<>(0);

        boolean mayEnter(boolean asExclusive) {
            return !exclusive && (asExclusive ? shared == 0 : waiting.stream().noneMatch(Waiter::exclusive));
        }

        void enter(boolean asExclusive) {
            if (asExclusive) {
                exclusive = true;
            } else {
                shared++;
            }
        }

        /** Lets in whoever may go now. */
        void admit() {
            for (boolean first : new boolean[] {true, false}) {
                for (Waiter waiter : List.copyOf(waiting)) {
                    if (waiter.exclusive == first && mayEnter(first)) {
                        waiting.remove(waiter);
                        enter(first);
                        waiter.go.release();
                    }
                }
            }
        }

        boolean isOver() {
            return shared == 0 && !exclusive && waiting.isEmpty();
        }
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
        return tryEnter(key, new Waiter(false, new Semaphore(0)), false);
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
        var waiter = new Waiter(exclusive, new Semaphore(0));
        if (tryEnter(key, waiter, true)) {
            return;
        }
        boolean interrupted = false;
        try {
            if (time.acquire(waiter.go, timeout)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupted = true;
        }
        if (giveUp(key, waiter)) {
            throw interrupted
                    ? new LandfallException(ErrorCode.SHUTTING_DOWN, "The wait for another change was interrupted")
                    : new LandfallException(
                            ErrorCode.BUSY,
                            "Another change of " + key + " has been waiting for S3 for too long; try again",
                            null,
                            Duration.ofSeconds(1));
        }
    }

    /** @param wait whether it gets in line when it may not go now */
    private boolean tryEnter(ObjectKey key, Waiter waiter, boolean wait) {
        entries.compute(key, (k, old) -> {
            Entry e = old == null ? new Entry() : old;
            if (e.mayEnter(waiter.exclusive)) {
                e.enter(waiter.exclusive);
                waiter.go.release();
            } else if (wait) {
                e.waiting.add(waiter);
            }
            return e;
        });
        return waiter.go.tryAcquire();
    }

    /** @return false when it has just been let in */
    private boolean giveUp(ObjectKey key, Waiter waiter) {
        boolean[] gone = new boolean[1];
        entries.computeIfPresent(key, (k, e) -> {
            gone[0] = e.waiting.remove(waiter);
            e.admit();
            return e.isOver() ? null : e;
        });
        return gone[0];
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
            e.admit();
            return e.isOver() ? null : e;
        });
    }
}
