package dev.landfall.topology;

import dev.landfall.model.Json;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Works on the items of one version of a topology: decides when each is tried, tried again, or given up. */
final class ItemWorker implements WorkConsumer.Handler, AutoCloseable {
    /** What an instance needs. */
    record Setup(
            String topology,
            int version,
            TopologySpec spec,
            String nodeId,
            Topics topics,
            Attempt attempt,
            Publisher publisher,
            MeterRegistry metrics,
            TimeSource time) {}

    static final String KIND_HEADER = "landfall-kind";

    private static final Logger LOG = LoggerFactory.getLogger(ItemWorker.class);
    private static final int EXTRA_QUEUE = 64;
    private static final int MAX_DELAYED = 10_000;
    private static final Duration UNKNOWN_VERSION_PAUSE = Duration.ofSeconds(1);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private final Setup setup;
    private final Lanes lanes;
    private final int maxQueued;
    private final AtomicInteger queued = new AtomicInteger();
    private final Map<ItemTask, ScheduledFuture<?>> delayed = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private volatile Runnable roomAgain = () -> {};
    private boolean closed;

    ItemWorker(Setup setup) {
        this.setup = setup;
        Map<String, Integer> slots = new LinkedHashMap<>();
        setup.spec().pipelines().forEach((name, pipeline) -> slots.put(name, pipeline.slots()));
        this.maxQueued = EXTRA_QUEUE
                + 2 * slots.values().stream().mapToInt(Integer::intValue).sum();
        this.lanes = new Lanes("landfall-item-" + setup.topology(), slots, this::ended);
        this.timer = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform()
                        .daemon()
                        .name("landfall-timer-" + setup.topology())
                        .factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** @param action called from any thread when {@link #isFull} may have become false */
    void onRoom(Runnable action) {
        roomAgain = action;
    }

    @Override
    public boolean isFull() {
        return queued.get() >= maxQueued || delayed.size() >= MAX_DELAYED;
    }

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record, WorkConsumer.Ticket ticket) {
        WorkItem item;
        try {
            item = WorkItem.parse(record.value());
            item.sourceKey();
        } catch (RuntimeException e) {
            LOG.error(
                    "Passed over a record of {} that is not an item, at offset {}", record.topic(), record.offset(), e);
            ticket.finish();
            return;
        }
        schedule(new ItemTask(item, ticket));
    }

    private void schedule(ItemTask task) {
        long wait = task.item.notBefore() - setup.time().now().toEpochMilli();
        if (task.item.version() > setup.version()) {
            // A newer file that this node has not seen yet planned it; this worker is about to be replaced.
            wait = Math.max(wait, UNKNOWN_VERSION_PAUSE.toMillis());
        }
        if (wait > 0) {
            long bounded = Math.min(wait, PipelineSpec.MAX_BACKOFF.toMillis());
            synchronized (delayed) {
                if (!closed) {
                    delayed.put(task, timer.schedule(() -> begin(task), bounded, TimeUnit.MILLISECONDS));
                }
            }
        } else {
            enqueue(task);
        }
    }

    private void begin(ItemTask task) {
        synchronized (delayed) {
            delayed.remove(task);
        }
        if (!task.cancellation.isCancelled()) {
            if (task.item.version() > setup.version()) {
                schedule(task);
            } else {
                enqueue(task);
            }
        }
        roomAgain.run();
    }

    private void enqueue(ItemTask task) {
        if (setup.spec().pipelines().containsKey(task.item.pipeline())) {
            queued.incrementAndGet();
            lanes.submit(task);
        } else {
            settle(task, new Outcome.Skipped("the pipeline does not exist any more"));
        }
    }

    private void ended(Lanes.Task task) {
        if (queued.getAndDecrement() >= maxQueued) {
            roomAgain.run();
        }
    }

    @Override
    public void lost(int partition) {
        synchronized (delayed) {
            delayed.forEach((task, timed) -> {
                if (task.ticket.partition() == partition) {
                    task.cancel();
                    timed.cancel(false);
                    delayed.remove(task);
                }
            });
        }
        lanes.drop(task -> ((ItemTask) task).ticket.partition() == partition);
    }

    private final class ItemTask implements Lanes.Task {
        final WorkItem item;
        final WorkConsumer.Ticket ticket;
        final Cancellation cancellation = new Cancellation();

        ItemTask(WorkItem item, WorkConsumer.Ticket ticket) {
            this.item = item;
            this.ticket = ticket;
        }

        @Override
        public Lanes.Lane lane() {
            return new Lanes.Lane(item.pipeline(), item.key());
        }

        @Override
        public void run() {
            PipelineSpec pipeline = setup.spec().pipelines().get(item.pipeline());
            long began = setup.time().nanos();
            Outcome outcome = pipeline == null || cancellation.isCancelled()
                    ? new Outcome.Cancelled()
                    : setup.attempt().run(item, pipeline, cancellation);
            setup.metrics()
                    .timer("landfall.pipeline.attempt", "topology", setup.topology(), "pipeline", item.pipeline())
                    .record(setup.time().nanos() - began, TimeUnit.NANOSECONDS);
            settle(this, outcome);
        }

        @Override
        public void cancel() {
            cancellation.cancel();
        }
    }

    /** Leaves behind in Kafka what the outcome asks for, then lets go of the item. */
    private void settle(ItemTask task, Outcome outcome) {
        WorkItem item = task.item;
        PipelineSpec pipeline = setup.spec().pipelines().get(item.pipeline());
        switch (outcome) {
            case Outcome.Cancelled cancelled -> {
                return;
            }
            case Outcome.Stored stored -> publish(task, stored.how(), outcome);
            case Outcome.Skipped skipped -> publish(task, "skipped", outcome);
            case Outcome.Failed failed -> {
                if (pipeline != null && failed.retryable() && item.attempt() < pipeline.attempts()) {
                    Duration wait = PipelineSpec.backoff(pipeline.backoff(), item.attempt());
                    if (!putBack(task, item.again(in(wait)), "retried")) {
                        return;
                    }
                } else if (!bury(task, failed)) {
                    return;
                }
            }
            case Outcome.Unavailable unavailable -> {
                Duration wait = PipelineSpec.backoff(FIRST_WAIT, item.waits() + 1);
                Duration asked = unavailable.retryAfter();
                wait = wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
                wait = asked != null && asked.compareTo(wait) > 0 ? asked : wait;
                LOG.debug("{} waits for {}: {}", item.id(), unavailable.code(), unavailable.message());
                if (!putBack(task, item.later(in(wait)), "waited")) {
                    return;
                }
            }
        }
        task.ticket.finish();
    }

    /** With a quarter more or less, so that what failed together does not come back together. */
    private long in(Duration wait) {
        double spread = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
        return setup.time().now().toEpochMilli() + Math.round(wait.toMillis() * spread);
    }

    private boolean putBack(ItemTask task, WorkItem next, String how) {
        count(task.item, how);
        return setup.publisher()
                .deliver(
                        new ProducerRecord<>(
                                setup.topics().work(setup.topology()),
                                task.ticket.partition(),
                                key(next),
                                next.toJson()),
                        task.cancellation::isCancelled);
    }

    private boolean bury(ItemTask task, Outcome.Failed failed) {
        WorkItem item = task.item;
        LOG.warn(
                "Gave up {} ({}) after attempt {}, at {}: {}",
                item.id(),
                item.key(),
                item.attempt(),
                failed.stage(),
                failed.message());
        var letter = Json.mapper().createObjectNode();
        letter.set("item", Json.mapper().valueToTree(item));
        letter.putObject("error")
                .put("stage", failed.stage())
                .put("code", failed.code())
                .put("message", failed.message())
                .put("retryable", failed.retryable())
                .put("detail", failed.detail());
        letter.put("node", setup.nodeId())
                .put("version", setup.version())
                .put("time", setup.time().now().toString());
        var record = new ProducerRecord<>(
                setup.topics().deadLetters(setup.topology()), task.ticket.partition(), key(item), Json.write(letter));
        if (!setup.publisher().deliver(record, task.cancellation::isCancelled)) {
            return false;
        }
        publish(task, "dead", failed);
        return true;
    }

    private void publish(ItemTask task, String how, Outcome outcome) {
        WorkItem item = task.item;
        count(item, how);
        var result = Json.mapper().createObjectNode();
        result.put("id", item.id())
                .put("outcome", how)
                .put("topology", item.topology())
                .put("pipeline", item.pipeline())
                .put("version", setup.version())
                .put("key", item.key())
                .put("generation", item.generation().toString())
                .put("attempt", item.attempt())
                .put("node", setup.nodeId())
                .put("time", setup.time().now().toString());
        switch (outcome) {
            case Outcome.Stored stored ->
                result.put("output", stored.output().toString())
                        .put("outputGeneration", stored.generation().toString())
                        .put("outputSize", stored.size());
            case Outcome.Skipped skipped -> result.put("reason", skipped.why());
            case Outcome.Failed failed -> result.put("reason", failed.message());
            case Outcome.Unavailable unavailable -> result.put("reason", unavailable.message());
            case Outcome.Cancelled cancelled -> {}
        }
        var record = new ProducerRecord<>(setup.topics().results(), key(item), Json.write(result));
        record.headers().add(KIND_HEADER, "item".getBytes(StandardCharsets.UTF_8));
        setup.publisher().offer(record);
    }

    private void count(WorkItem item, String how) {
        setup.metrics()
                .counter(
                        "landfall.pipeline.items",
                        "topology",
                        item.topology(),
                        "pipeline",
                        item.pipeline(),
                        "outcome",
                        how)
                .increment();
    }

    private static byte[] key(WorkItem item) {
        return item.key().getBytes(StandardCharsets.UTF_8);
    }

    /** Cancels every attempt and waits shortly for their end. */
    @Override
    public void close() {
        synchronized (delayed) {
            closed = true;
            timer.shutdownNow();
        }
        lanes.close(Duration.ofMillis(1500));
    }
}
