package dev.landfall.ingest.http;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps I/O threads away from a disk that holds them up: each serves other connections, which may want other disks. What a disk has held
 * them up is its debt, paid off at half a percent of the time; a disk with more debt than {@link #ALLOWED} is left to the workers until all
 * of it is paid off. So the others lose no more than half a percent of their time to it. Any thread may call it.
 */
public final class Promptness {
    /** What is shorter is no delay: a processor can be waited for as long. */
    static final Duration UNNOTICED = Duration.ofMillis(100);

    /** Likewise for the first {@link #COLD_VISITS}, which wait for classes to be loaded. */
    static final Duration UNNOTICED_COLD = Duration.ofMillis(400);

    static final int COLD_VISITS = 2000;

    /** More than pauses of the machine add up to while a disk is well. */
    static final Duration ALLOWED = Duration.ofMillis(250);

    /** Nobody joins a thread that has been at the disk for longer. */
    private static final Duration STUCK = Duration.ofMillis(100);

    private static final int SHARE = 200;
    private static final long MOST_DEBT = Duration.ofMinutes(10).toNanos() / SHARE;
    private static final long NOBODY = Long.MIN_VALUE;

    private final TimeSource time;
    /** Since when each of the threads has been at the disk. */
    private final AtomicLongArray since;
    /** Whether the disk is left alone until its debt is paid off. */
    private volatile boolean avoided;

    /** Counted up to {@link #COLD_VISITS}. */
    private volatile int visits;

    private long debt;
    private long debtAt;
    /** Up to when delays have been counted: threads that are held up at the same time are held up once. */
    private long countedTo;

    /** @param most threads at the disk at once */
    public Promptness(int most, TimeSource time) {
        this.time = time;
        since = new AtomicLongArray(most);
        for (int i = 0; i < most; i++) {
            since.set(i, NOBODY);
        }
        debtAt = time.nanos();
        countedTo = debtAt;
    }

    /** An I/O thread goes to the disk, and has to {@link #leave}. Returns what to leave with; negative when it must not go. */
    public int enter() {
        long now = time.nanos();
        if (avoided && !paidOff(now)) {
            return -1;
        }
        int free = -1;
        for (int i = 0; i < since.length(); i++) {
            long begun = since.get(i);
            if (begun == NOBODY) {
                free = free < 0 ? i : free;
            } else if (now - begun > STUCK.toNanos()) {
                return -1;
            }
        }
        for (int i = free; i >= 0 && i < since.length(); i++) {
            if (since.compareAndSet(i, NOBODY, now)) {
                return i;
            }
        }
        return -1;
    }

    /** @param place what {@link #enter} has returned, not negative */
    public void leave(int place) {
        long now = time.nanos();
        long begun = since.getAndSet(place, NOBODY);
        boolean cold = visits < COLD_VISITS;
        if (cold) {
            count();
        }
        if (now - begun > (cold ? UNNOTICED_COLD : UNNOTICED).toNanos()) {
            heldUp(begun, now);
        }
    }

    private synchronized void count() {
        visits++;
    }

    private synchronized void heldUp(long from, long now) {
        payOff(now);
        long uncounted = from - countedTo < 0 ? countedTo : from;
        if (now - uncounted > 0) {
            debt = Math.min(MOST_DEBT, debt + now - uncounted);
            countedTo = now;
        }
        avoided |= debt > ALLOWED.toNanos();
    }

    private synchronized boolean paidOff(long now) {
        payOff(now);
        if (debt == 0) {
            avoided = false;
        }
        return !avoided;
    }

    private void payOff(long now) {
        long paid = (now - debtAt) / SHARE;
        if (paid > 0) {
            debt = Math.max(0, debt - paid);
            debtAt += paid * SHARE;
        }
    }
}
