package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that does the work of a mountpath that no client waits for. */
final class Janitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final int TICKS_PER_REAP = 30;
    private static final Duration TOMBSTONE_AGE = Duration.ofHours(1);

    private final Mountpath mountpath;
    private final Reaper reaper;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean awake;
    private boolean full;

    Janitor(String name, Mountpath mountpath, Reaper reaper) {
        this.mountpath = mountpath;
        this.reaper = reaper;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** There is garbage to sweep. */
    void wake() {
        if (!awake) {
            awake = true;
            LockSupport.unpark(thread);
        }
    }

    /** Sweeps garbage, syncs what is unsynced and verifies suspects, now and in the caller's thread. */
    synchronized void tidy() {
        makeRoom();
        mountpath.unsynced().sync();
        mountpath.unsynced().verifySuspects(mountpath::find);
    }

    private synchronized void tidyWhatIsDue() {
        makeRoom();
        mountpath.unsynced().syncWhenDue();
        mountpath.unsynced().verifySuspects(mountpath::find);
    }

    /** Comes first: on a full disk the rest may fail. */
    private void makeRoom() {
        mountpath.presence().check();
        mountpath.garbage().syncWhatWaits();
        mountpath.garbage().sweep();
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long nextTick = System.nanoTime();
        for (long ticks = 0; !closing; ) {
            awake = false;
            boolean tick = System.nanoTime() - nextTick >= 0;
            try {
                if (tick) {
                    nextTick = System.nanoTime() + TICK.toNanos();
                    tidyWhatIsDue();
                    full = false;
                    if (++ticks % TICKS_PER_REAP == 0) {
                        reaper.reap(TOMBSTONE_AGE);
                        mountpath.uploads().tidy();
                    }
                } else {
                    sweep();
                }
            } catch (LandfallException e) {
                if (e.code() == ErrorCode.MOUNTPATH_FENCED || e.code() == ErrorCode.SHUTTING_DOWN) {
                    return;
                }
                if (e.code() != ErrorCode.INSUFFICIENT_STORAGE) {
                    LOG.warn("Housekeeping failed; it goes on with the next round", e);
                } else if (!full) {
                    LOG.warn("The disk is full: replaced files are removed once there is space again");
                }
                full = e.code() == ErrorCode.INSUFFICIENT_STORAGE;
            } catch (RuntimeException e) {
                LOG.error("Housekeeping failed; it goes on with the next round", e);
            }
            while (!closing && !awake && System.nanoTime() - nextTick < 0) {
                LockSupport.parkNanos(this, nextTick - System.nanoTime());
                Thread.interrupted();
            }
        }
    }

    private synchronized void sweep() {
        mountpath.garbage().sweep();
    }
}
