package dev.landfall.ingest.http;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps I/O threads away from a disk that holds them up: each serves other connections, which may want other disks. A disk that held up
 * a thread for some time is left to the workers for two hundred times as long, so that the others lose no more than half a percent of
 * their time to it. Any thread may call it.
 */
public final class Promptness {
    /** Longer than any file operation takes on a disk that is well, and than a thread waits for a processor. */
    static final Duration HELD_UP = Duration.ofMillis(50);

    private static final int TIMES = 200;
    private static final long LONGEST_NANOS = Duration.ofMinutes(10).toNanos();
    private static final long NOBODY = Long.MIN_VALUE;

    private final TimeSource time;
    /** Since when each of the threads has been at the disk. */
    private final AtomicLongArray since;
    /** Until when the disk is left to the workers. */
    private final AtomicLong until;

    /** @param most threads at the disk at once */
    public Promptness(int most, TimeSource time) {
        this.time = time;
        since = new AtomicLongArray(most);
        for (int i = 0; i < most; i++) {
            since.set(i, NOBODY);
        }
        until = new AtomicLong(time.nanos());
    }

    /** An I/O thread goes to the disk, and has to {@link #leave}. Returns what to leave with; negative when it must not go. */
    public int enter() {
        long now = time.nanos();
        if (until.get() - now > 0) {
            return -1;
        }
        int free = -1;
        for (int i = 0; i < since.length(); i++) {
            long begun = since.get(i);
            if (begun == NOBODY) {
                free = free < 0 ? i : free;
            } else if (now - begun > HELD_UP.toNanos()) {
                avoid(now, now - begun);
                return -1;
            }
        }
        for (int i = Math.max(0, free); free >= 0 && i < since.length(); i++) {
            if (since.compareAndSet(i, NOBODY, now)) {
                return i;
            }
        }
        return -1;
    }

    /** @param place what {@link #enter} has returned, not negative */
    public void leave(int place) {
        long now = time.nanos();
        long took = now - since.getAndSet(place, NOBODY);
        if (took > HELD_UP.toNanos()) {
            avoid(now, took);
        }
    }

    private void avoid(long now, long took) {
        long end = now + Math.min(LONGEST_NANOS, took * TIMES);
        until.accumulateAndGet(end, (old, fresh) -> fresh - old > 0 ? fresh : old);
    }
}
