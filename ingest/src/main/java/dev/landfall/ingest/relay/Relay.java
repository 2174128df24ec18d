package dev.landfall.ingest.relay;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.Partitions;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.targets.ObjectStore;
import dev.landfall.targets.OutboxEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends every outbox entry to Kafka at least once, in order per partition, and trims what Kafka has acknowledged. One thread; commits
 * only wake it. It waits for Kafka as long as it takes, and nobody waits for it.
 */
public final class Relay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final int PAGE = 256;
    private static final int IN_FLIGHT = 4096;
    /** Finds what no commit woke: entries of a partition that was assigned a moment ago, and whatever a full window left. */
    private static final Duration SWEEP = Duration.ofSeconds(1);

    /** From {@link #BUSY} events in a {@link #WINDOW} on, a round waits for this long to find more at once: rounds and batches cost. */
    private static final Duration PACE = Duration.ofMillis(40);

    private static final Duration WINDOW = Duration.ofMillis(100);
    private static final int BUSY = 100;

    private final ObjectStore store;
    private final EventSender sender;
    private final IntSupplier partitions;
    private final TimeSource time;
    private final Counter restarts;
    private final Set<Integer> woken = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Semaphore signal = new Semaphore(0);
    private final Map<Integer, Lane> lanes = new HashMap<>(); // of the relay's thread
    private final Map<Integer, Long> oldest = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    private int inFlight;
    private int failures;
    private int sentInWindow;
    private long windowSince;
    private boolean busy;

    private Relay(
            ObjectStore store, EventSender sender, IntSupplier partitions, MeterRegistry metrics, TimeSource time) {
        this.store = store;
        this.sender = sender;
        this.partitions = partitions;
        this.time = time;
        this.restarts = Counter.builder("landfall.relay.restarts")
                .description("Times the relay began again from the first unacknowledged event")
                .register(metrics);
        Gauge.builder("landfall.outbox.depth", store, ObjectStore::outboxDepth)
                .description("Events that Kafka has not acknowledged yet")
                .register(metrics);
        Gauge.builder("landfall.outbox.oldest.seconds", this, Relay::oldestSeconds)
                .description("Age of the oldest event that Kafka has not acknowledged yet")
                .register(metrics);
        this.thread = Thread.ofPlatform().name("landfall-relay").daemon().unstarted(this::run);
    }

    /**
     * @param kafka client properties, {@code bootstrap.servers} among them
     * @param partitions of the cluster; 0 while it is not known
     */
    public static Relay start(
            ObjectStore store,
            Map<String, String> kafka,
            Topics topics,
            IntSupplier partitions,
            MeterRegistry metrics,
            TimeSource time) {
        var relay = new Relay(store, new EventSender(kafka, topics, metrics), partitions, metrics, time);
        store.onCommit(record -> {
            int count = partitions.getAsInt();
            if (count > 0) {
                relay.wake(Partitions.of(record.key(), count));
            }
        });
        relay.thread.start();
        return relay;
    }

    /** Something was committed to a partition. Cheap, from any thread. */
    private void wake(int partition) {
        woken.add(partition);
        signal();
    }

    /** The set of partitions may have changed. */
    public void wakeAll() {
        if (partitions.getAsInt() > 0) {
            woken.addAll(store.assigned());
            signal();
        }
    }

    private void signal() {
        if (signalled.compareAndSet(false, true)) {
            signal.release();
        }
    }

    private void run() {
        wakeAll();
        long swept = time.nanos();
        while (!closed) {
            try {
                if (signal.tryAcquire(SWEEP.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    signalled.set(false);
                }
                if (sender.failed()) {
                    restart();
                }
                pace();
                if (time.nanos() - swept >= SWEEP.toNanos()) {
                    swept = time.nanos();
                    if (store.outboxDepth() > inFlight) {
                        woken.addAll(store.assigned());
                    }
                }
                acknowledge();
                relayWoken();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("The relay failed; it goes on with the next event in a second", e);
                woken.addAll(lanes.keySet());
                time.sleep(SWEEP);
            }
        }
    }

    private void pace() {
        long now = time.nanos();
        if (now - windowSince >= WINDOW.toNanos()) {
            busy = sentInWindow >= BUSY;
            windowSince = now;
            sentInWindow = 0;
        }
        if (busy && !closed) {
            time.sleep(PACE);
        }
    }

    private void relayWoken() {
        for (Integer partition : List.copyOf(woken)) {
            if (inFlight >= IN_FLIGHT) {
                return; // acknowledgements wake this thread
            }
            woken.remove(partition);
            Lane lane = lanes.computeIfAbsent(partition, p -> new Lane());
            if (!fill(partition, lane)) {
                woken.add(partition);
                return; // what one partition cannot send now, the others cannot either
            }
        }
    }

    /** Sends what fits. Returns whether nothing is left that could be sent now. */
    private boolean fill(int partition, Lane lane) {
        int window = lane.window(time.nanos());
        while (!closed && lane.size() < window && inFlight < IN_FLIGHT) {
            int most = Math.min(PAGE, window - lane.size());
            List<OutboxEntry> page;
            try {
                page = store.outbox(partition, lane.last(), most);
            } catch (LandfallException e) {
                if (e.code() == ErrorCode.NOT_OWNER || e.code() == ErrorCode.MOUNTPATH_FENCED) {
                    return true; // the sweep looks again
                }
                throw e;
            }
            for (OutboxEntry entry : page) {
                if (!sender.send(entry, () -> acknowledged(partition, lane, entry.sequence()))) {
                    return sender.failed(); // Kafka takes nothing now; the next round tries again
                }
                lane.sent(entry.sequence(), entry.event().time().toEpochMilli());
                inFlight++;
                sentInWindow++;
            }
            note(partition, lane);
            if (page.size() < most) {
                return true;
            }
        }
        return lane.size() >= window; // its acknowledgements wake it again
    }

    /** On the producer's thread. */
    private void acknowledged(int partition, Lane lane, long sequence) {
        lane.acknowledged(sequence);
        woken.add(partition);
        signal();
    }

    private void acknowledge() {
        lanes.forEach((partition, lane) -> {
            int before = lane.size();
            long upTo = lane.takeAcknowledged(time.nanos());
            inFlight -= before - lane.size();
            if (upTo >= 0) {
                failures = 0;
                store.trimOutbox(partition, upTo);
                note(partition, lane);
            }
        });
    }

    private void note(int partition, Lane lane) {
        long since = lane.oldestMillis();
        if (since == Long.MAX_VALUE) {
            oldest.remove(partition);
        } else {
            oldest.put(partition, since);
        }
    }

    private void restart() {
        restarts.increment();
        failures++;
        Duration pause = pause(failures);
        LOG.warn(
                "Kafka refused an event ({}); sending again from the first unacknowledged one in {} ms",
                sender.failure(),
                pause.toMillis());
        acknowledge();
        for (long end = time.nanos() + pause.toNanos(); !closed && time.nanos() < end; ) {
            time.sleep(Duration.ofMillis(50));
        }
        sender.renew();
        lanes.keySet().forEach(woken::add);
        lanes.clear(); // late answers of the old producer reach lanes that nobody reads
        inFlight = 0;
    }

    private static Duration pause(int failures) {
        long most = Math.min(30_000, 500L << Math.min(failures, 6));
        return Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2));
    }

    private double oldestSeconds() {
        long since = oldest.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
        return since == Long.MAX_VALUE ? 0 : Math.max(0, time.now().toEpochMilli() - since) / 1000.0;
    }

    /** Waits a moment for what is in flight. What is not acknowledged stays in the outbox. */
    @Override
    public void close() {
        closed = true;
        signal();
        try {
            thread.join(Duration.ofSeconds(12));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
        if (!thread.isAlive()) {
            acknowledge();
        }
    }
}
