package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the dirty index, page by page: once per partition when it is new here (recovery), then now and then for what no event woke. The
 * dirty index is the truth; lanes are only memory.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final int PAGE = 500;
    private static final long TICK_MILLIS = 200;

    private static final class Progress {
        final Instant before;
        long after = -1;
        long found;

        Progress(Instant before) {
            this.before = before;
        }
    }

    private final ObjectStore store;
    private final Lanes lanes;
    private final IntentRecovery intents;
    private final Duration interval;
    private final WritebackMetrics metrics;
    private final TimeSource time;
    private final Set<Integer> recovered = new HashSet<>();
    /** By partition, how far its recovery has come. */
    private final Map<Integer, Progress> recovering = new HashMap<>();

    private final Thread thread;
    private boolean closed;
    private boolean refill;
    /** Ends a pause early. */
    private final Semaphore signal = new Semaphore(0);

    Sweep(
            ObjectStore store,
            Lanes lanes,
            IntentRecovery intents,
            Duration interval,
            WritebackMetrics metrics,
            TimeSource time) {
        this.store = store;
        this.lanes = lanes;
        this.intents = intents;
        this.interval = interval;
        this.metrics = metrics;
        this.time = time;
        this.thread = Thread.ofVirtual().name("landfall-sweep").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** There is room again for work that did not fit. */
    synchronized void refill() {
        refill = true;
        signal.release();
    }

    void close() {
        synchronized (this) {
            closed = true;
            signal.release();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long nextSweep = time.nanos() + interval.toNanos();
        while (!isClosed()) {
            try {
                intents.run();
                recoverNew();
                boolean due = time.nanos() - nextSweep >= 0;
                if (takeRefill()) {
                    sweep(Duration.ZERO);
                }
                if (due) {
                    nextSweep = time.nanos() + interval.toNanos();
                    sweep(interval);
                }
            } catch (RuntimeException e) {
                LOG.warn("Reading the dirty index failed and is tried again", e);
            }
            pause(Math.clamp((nextSweep - time.nanos()) / 1_000_000, 1, TICK_MILLIS));
        }
    }

    private void recoverNew() {
        List<Integer> assigned = store.assigned();
        recovered.retainAll(assigned);
        recovering.keySet().retainAll(assigned);
        Instant before = time.now().truncatedTo(ChronoUnit.MILLIS);
        for (int partition : assigned) {
            if (!recovered.contains(partition)) {
                Progress progress = recovering.computeIfAbsent(partition, p -> new Progress(before));
                if (!recover(partition, progress)) {
                    return;
                }
                recovering.remove(partition);
                recovered.add(partition);
                if (progress.found > 0) {
                    LOG.info("{} objects of partition {} were waiting for S3 at the start", progress.found, partition);
                }
            }
        }
    }

    /** @return false when there is no room for more: it goes on from there at the next call */
    private boolean recover(int partition, Progress progress) {
        while (!isClosed()) {
            List<ObjectRecord> page = page(partition, progress.after);
            for (ObjectRecord record : page) {
                if (isOlder(record.modified(), progress.before)) {
                    ObjectRecord armed = record.state() == ObjectState.PARKED ? unparked(record) : record;
                    if (!lanes.wake(armed, StartCause.RECOVERY, Lane.UNKNOWN)) {
                        return false;
                    }
                    progress.found++;
                    metrics.recovered(1);
                }
                progress.after = order(record);
            }
            if (page.size() < PAGE) {
                return true;
            }
        }
        return false;
    }

    /** What changed after the start has woken its lane by itself. What lies in the future was made before the clock was set back. */
    private boolean isOlder(Instant modified, Instant before) {
        return modified.isBefore(before) || modified.isAfter(time.now());
    }

    /** @param age of the youngest change that counts as forgotten */
    private void sweep(Duration age) {
        Instant now = time.now();
        Instant youngest = now.minus(age);
        int found = 0;
        for (int partition : store.assigned()) {
            long after = -1;
            while (!isClosed()) {
                List<ObjectRecord> page = page(partition, after);
                for (ObjectRecord record : page) {
                    after = order(record);
                    if (isForgotten(record, youngest, now)) {
                        if (!lanes.wake(record, StartCause.SWEEP, Lane.UNKNOWN)) {
                            return;
                        }
                        found++;
                    }
                }
                if (page.size() < PAGE) {
                    break;
                }
            }
        }
        if (found > 0) {
            LOG.info("The sweep found {} objects that waited for S3", found);
        }
    }

    private boolean isForgotten(ObjectRecord record, Instant youngest, Instant now) {
        var mark = record.dirtySince();
        // The lane is asked before the index: one that has just finished has left the index by then.
        return mark != null
                && (!mark.since().isAfter(youngest) || mark.since().isAfter(now))
                && record.state() == ObjectState.DIRTY
                && !lanes.has(record.key())
                && store.lookup(record.key()).orElse(record).state() == ObjectState.DIRTY;
    }

    private ObjectRecord unparked(ObjectRecord record) {
        return Commits.await(store.commit(new Change.Unpark(record.key(), record.generation())))
                        instanceof CommitResult.Committed(ObjectRecord now, ObjectRecord previous)
                ? now
                : record;
    }

    private List<ObjectRecord> page(int partition, long after) {
        try {
            return store.dirty(partition, after, PAGE);
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.NOT_OWNER || e.code() == ErrorCode.MOUNTPATH_FENCED) {
                return List.of();
            }
            throw e;
        }
    }

    private static long order(ObjectRecord record) {
        var mark = record.dirtySince();
        return mark == null ? -1 : mark.order();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean takeRefill() {
        boolean wanted = refill;
        refill = false;
        return wanted;
    }

    private void pause(long millis) {
        try {
            if (time.acquire(signal, Duration.ofMillis(millis))) {
                signal.drainPermits();
            }
        } catch (InterruptedException e) {
            synchronized (this) {
                closed = true;
            }
        }
    }
}
