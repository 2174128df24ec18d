package dev.landfall.writeback;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the lanes: one attempt at a time per key, so many at once over all keys, oldest first change first. Holds nothing that the dirty
 * index does not know; when there is more work than fits, the rest stays there.
 */
final class Lanes {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final Comparator<Lane> OLDEST_FIRST =
            Comparator.<Lane>comparingLong(lane -> lane.since).thenComparingLong(lane -> lane.order);

    private static final Duration POLL = Duration.ofMillis(2);

    /** What a lane does after one step. */
    sealed interface Next {
        /** Nothing is left to do. */
        record Idle() implements Next {}

        /** At once, behind those that are older. */
        record Again() implements Next {}

        /** @param outage whether S3 did not answer: then its next answer to anybody ends the wait */
        record BackOff(Duration time, boolean outage) implements Next {}

        record Rest(Duration time) implements Next {}
    }

    /** One step of a lane's work, by the holder of its turn. */
    interface Step {
        Next run(Lane lane);
    }

    private final int permits;
    private final int room;
    private final Step step;
    private final LastRun lastRun;
    private final ScheduledExecutorService timers;
    private final WritebackMetrics metrics;
    private final TimeSource time;

    private final Map<ObjectKey, Lane> lanes = new HashMap<>();
    private final PriorityQueue<Lane> waiting = new PriorityQueue<>(OLDEST_FIRST);
    private final Set<Thread> running = new LinkedHashSet<>();
    private Runnable onRoom = () -> {};
    /** Sync changes under way, over all lanes. */
    private int users;

    private boolean full;
    private boolean closed;

    /**
     * @param permits attempts at once
     * @param room lanes in memory
     */
    Lanes(
            int permits,
            int room,
            Step step,
            LastRun lastRun,
            ScheduledExecutorService timers,
            WritebackMetrics metrics,
            TimeSource time) {
        this.permits = permits;
        this.room = room;
        this.step = step;
        this.lastRun = lastRun;
        this.timers = timers;
        this.metrics = metrics;
        this.time = time;
    }

    /** What to do once there is room again for work that did not fit; must not block. */
    synchronized void whenRoom(Runnable action) {
        onRoom = action;
    }

    /**
     * Sees to it that the lane of a dirty record works. Never blocks.
     *
     * @param known what S3 has according to the record before; only a new lane learns it
     * @return false when there is no room for one more lane
     */
    boolean wake(ObjectRecord record, StartCause cause, Lane.Known known) {
        var mark = record.dirtySince();
        if (mark == null) {
            return true;
        }
        synchronized (this) {
            if (closed) {
                return false;
            }
            Lane lane = lanes.get(record.key());
            if (lane == null) {
                if (lanes.size() >= room) {
                    full = true;
                    return false;
                }
                lane = new Lane(record.key());
                lane.known = known;
                lanes.put(record.key(), lane);
            }
            if (cause == StartCause.RECOVERY || lastRun.mayBeTrying(record.key(), mark)) {
                lane.recovered = true;
            }
            switch (lane.state) {
                case IDLE -> {
                    lane.cause = cause;
                    lane.wokenAt = time.nanos();
                    lane.since = mark.since().toEpochMilli();
                    lane.order = mark.order();
                    enqueue(lane);
                }
                case RESTING -> {
                    cancelTimer(lane);
                    lane.cause = cause;
                    lane.wokenAt = time.nanos();
                    enqueue(lane);
                }
                case WAITING, BACKING_OFF -> {
                    if (cause == StartCause.EVENT) {
                        metrics.coalesced();
                    }
                }
                case RUNNING -> {
                    if (lane.again && cause == StartCause.EVENT) {
                        metrics.coalesced();
                    }
                    lane.again = true;
                }
            }
            dispatch();
            return true;
        }
    }

    /** S3 answers again: whoever waited for that goes on. */
    synchronized void hurry() {
        for (Lane lane : lanes.values()) {
            if (lane.state == Lane.State.BACKING_OFF && lane.outage) {
                cancelTimer(lane);
                enqueue(lane);
            }
        }
        dispatch();
    }

    /** Whether there is work for the key, now or later. */
    synchronized boolean has(ObjectKey key) {
        Lane lane = lanes.get(key);
        return lane != null && (lane.state != Lane.State.IDLE || lane.again || lane.users > 0);
    }

    /** Takes the turn of a key, behind its running attempt; null when it does not come in time. Call {@link #leave} afterwards. */
    @Nullable
    Lane enter(ObjectKey key, Duration timeout) {
        Lane lane;
        synchronized (this) {
            lane = lanes.computeIfAbsent(key, Lane::new);
            lane.users++;
            users++;
        }
        boolean taken = false;
        try {
            taken = time.acquire(lane.turn, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!taken) {
            synchronized (this) {
                lane.users--;
                users--;
                settleIn(lane);
            }
            return null;
        }
        return lane;
    }

    /** Gives the turn back. */
    void leave(Lane lane) {
        long remember = lane.hazardNanos(time.nanos());
        lane.turn.release();
        synchronized (this) {
            lane.users--;
            users--;
            if (remember > 0 && lane.state == Lane.State.IDLE && !lane.again) {
                later(lane, Lane.State.RESTING, Duration.ofNanos(remember));
            }
            settleIn(lane);
        }
    }

    /** Starts nothing more, and waits for what runs, sync changes too. Attempts that do not end in time are interrupted. */
    void close(Duration grace) {
        synchronized (this) {
            closed = true;
            waiting.clear();
        }
        if (!awaitQuiet(grace)) {
            synchronized (this) {
                running.forEach(Thread::interrupt);
            }
            if (!awaitQuiet(Duration.ofSeconds(2))) {
                LOG.warn("Uploads did not end in time; their objects stay dirty");
            }
        }
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
        return running.isEmpty() && users == 0;
    }

    // below: with the lock

    private void enqueue(Lane lane) {
        lane.state = Lane.State.WAITING;
        lane.again = false;
        waiting.add(lane);
    }

    private void dispatch() {
        while (!closed && running.size() < permits) {
            Lane lane = waiting.poll();
            if (lane == null) {
                return;
            }
            lane.state = Lane.State.RUNNING;
            Thread thread = Thread.ofVirtual().name("landfall-lane").unstarted(() -> run(lane));
            running.add(thread);
            thread.start();
        }
    }

    /** Goes on with what came up meanwhile, or forgets a lane that has nothing to remember. */
    private void settleIn(Lane lane) {
        if (lane.state == Lane.State.IDLE) {
            if (lane.again && lane.users == 0) {
                enqueue(lane);
                dispatch();
            } else if (lane.users == 0) {
                lanes.remove(lane.key);
                if (full && lanes.size() <= room / 2 && !closed) {
                    full = false;
                    timers.execute(onRoom);
                }
            }
        }
    }

    private void later(Lane lane, Lane.State state, Duration delay) {
        if (closed) {
            return;
        }
        lane.state = state;
        var future = new ScheduledFuture<?>[1];
        future[0] = timers.schedule(() -> timeUp(lane, future), delay.toNanos(), TimeUnit.NANOSECONDS);
        lane.timer = future[0];
    }

    private synchronized void timeUp(Lane lane, ScheduledFuture<?>[] future) {
        if (lane.timer == future[0] && !closed) {
            lane.timer = null;
            enqueue(lane);
            dispatch();
        }
    }

    private static void cancelTimer(Lane lane) {
        if (lane.timer != null) {
            lane.timer.cancel(false);
            lane.timer = null;
        }
    }

    // without the lock, on the lane's own thread

    private void run(Lane lane) {
        Next next = null;
        try {
            boolean mine;
            synchronized (this) {
                mine = tryTurn(lane);
                if (!mine) {
                    // A sync change has the turn and will hand the lane back when it is done.
                    lane.state = Lane.State.IDLE;
                    lane.again = true;
                    next = null;
                }
            }
            if (mine) {
                started(lane);
                try {
                    next = step.run(lane);
                } finally {
                    lane.turn.release();
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("Write-back of {} failed unexpectedly and is tried again", lane.key, e);
            next = new Next.BackOff(Duration.ofSeconds(10), false);
        } finally {
            synchronized (this) {
                running.remove(Thread.currentThread());
                if (next != null) {
                    proceed(lane, next);
                }
                dispatch();
            }
        }
    }

    private void started(Lane lane) {
        StartCause cause;
        long wokenAt;
        synchronized (this) {
            cause = lane.cause;
            wokenAt = lane.wokenAt;
            lane.wokenAt = 0;
        }
        if (wokenAt != 0) {
            metrics.started(cause);
            if (cause == StartCause.EVENT) {
                metrics.woke(time.nanos() - wokenAt);
            }
        }
    }

    private void proceed(Lane lane, Next next) {
        lane.state = Lane.State.IDLE;
        switch (next) {
            case Next.Idle idle -> settleIn(lane);
            case Next.Again again -> {
                enqueue(lane);
            }
            case Next.BackOff(Duration delay, boolean outage) -> {
                lane.again = false;
                lane.outage = outage;
                later(lane, Lane.State.BACKING_OFF, delay);
            }
            case Next.Rest(Duration delay) -> {
                if (lane.again) {
                    enqueue(lane);
                } else {
                    later(lane, Lane.State.RESTING, delay);
                }
            }
        }
    }

    private static boolean tryTurn(Lane lane) {
        try {
            // Unlike tryAcquire(), this one does not jump the queue.
            return lane.turn.tryAcquire(0, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
