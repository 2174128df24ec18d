package dev.landfall.topology;

import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.model.TopologyRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One version of a topology on this node: its planner and its worker, started again after an error. */
final class RunningTopology implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(60);

    private final Shared shared;
    private final TopologyRecord record;
    private final TopologySpec spec;
    private final Thread thread;
    private volatile Set<Integer> partitions;
    private volatile boolean closed;
    private volatile @Nullable WorkConsumer consumer;
    private volatile @Nullable ItemWorker worker;
    private volatile @Nullable Planner planner;

    /** What all topologies of a node share. */
    record Shared(
            Clients clients,
            Topics topics,
            String nodeId,
            Path directory,
            int partitions,
            short replication,
            Sources sources,
            dev.landfall.ingest.ObjectRouter router,
            TransformProvider transforms,
            Publisher publisher,
            WorkDirectory work,
            io.micrometer.core.instrument.MeterRegistry metrics,
            TimeSource time) {}

    private RunningTopology(Shared shared, TopologyRecord record, TopologySpec spec, Set<Integer> partitions) {
        this.shared = shared;
        this.record = record;
        this.spec = spec;
        this.partitions = Set.copyOf(partitions);
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("landfall-topology-" + record.name())
                .unstarted(this::run);
    }

    /** Returns at once. */
    static RunningTopology start(Shared shared, TopologyRecord record, TopologySpec spec, Set<Integer> partitions) {
        var running = new RunningTopology(shared, record, spec, partitions);
        running.thread.start();
        return running;
    }

    TopologyRecord record() {
        return record;
    }

    synchronized void own(Set<Integer> owned) {
        partitions = Set.copyOf(owned);
        if (consumer != null) {
            consumer.own(partitions);
        }
    }

    /** Whether planner and worker are at work. */
    boolean isRunning() {
        Planner present = planner;
        return consumer != null && present != null && present.isRunning();
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        String trouble = "";
        while (!closed) {
            try {
                prepare();
                startWorker();
                Planner started = startPlanner();
                if (started != null) {
                    Throwable error = started.failure().get();
                    throw new ExecutionException(error);
                }
            } catch (InterruptedException | java.util.concurrent.CancellationException e) {
                break;
            } catch (ExecutionException | RuntimeException e) {
                String now = String.valueOf(e.getCause() == null ? e : e.getCause());
                if (!closed && !now.equals(trouble)) {
                    LOG.error("The planner of topology {} does not run; trying again until it does", record.name(), e);
                }
                trouble = now;
                stopPlanner();
                sleep(pause);
                pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    private void prepare() throws ExecutionException, InterruptedException {
        String name = record.name();
        try (Admin admin = shared.clients().admin("topology-" + name)) {
            var topics = new WorkTopics(admin, shared.partitions(), shared.replication());
            topics.ensure(List.of(shared.topics().work(name), shared.topics().deadLetters(name)));
            topics.check(List.of(shared.topics().objects(), shared.topics().results()));
            topics.placeAtBeginning(
                    Planner.applicationId(shared.topics(), name),
                    shared.topics().objects(),
                    record.version() > 1 || topics.wasUsed(shared.topics().work(name)));
        }
    }

    private synchronized void startWorker() {
        if (closed || consumer != null) {
            return;
        }
        String name = record.name();
        Map<String, Transform> transforms = new HashMap<>();
        spec.transforms()
                .forEach((transform, declared) ->
                        transforms.put(transform, shared.transforms().create(declared)));
        var attempt = new Attempt(
                shared.sources(), shared.router(), shared.time(), transforms, record.version(), shared.work());
        var items = new ItemWorker(new ItemWorker.Setup(
                name,
                record.version(),
                spec,
                shared.nodeId(),
                shared.topics(),
                attempt,
                shared.publisher(),
                shared.metrics(),
                shared.time()));
        String group = shared.topics().work(name);
        WorkConsumer started = WorkConsumer.start(
                "worker-" + name,
                group,
                partitions,
                shared.clients().consumer("worker-" + name, group, false),
                items,
                WorkTrimmer.of(shared.clients(), group));
        items.onRoom(started::wake);
        worker = items;
        consumer = started;
    }

    private synchronized @Nullable Planner startPlanner() {
        if (closed) {
            return null;
        }
        Planner started = Planner.start(
                shared.clients(),
                shared.topics(),
                shared.nodeId(),
                shared.directory(),
                record.name(),
                record.version(),
                spec);
        planner = started;
        return started;
    }

    private void stopPlanner() {
        Planner present;
        synchronized (this) {
            present = planner;
            planner = null;
        }
        if (present != null) {
            present.close();
        }
    }

    private void sleep(Duration pause) {
        for (long end = System.nanoTime() + pause.toNanos(); !closed && System.nanoTime() < end; ) {
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** Returns within three seconds. Items that were being worked on run again later. */
    @Override
    public void close() {
        WorkConsumer reading;
        ItemWorker working;
        synchronized (this) {
            closed = true;
            reading = consumer;
            working = worker;
        }
        Thread planning = Thread.ofVirtual().start(this::stopPlanner);
        Thread items = Thread.ofVirtual().start(() -> {
            if (working != null) {
                working.close();
            }
        });
        if (reading != null) {
            reading.close();
        }
        try {
            items.join(Duration.ofMillis(500));
            planning.join(Duration.ofSeconds(1));
            thread.interrupt();
            thread.join(Duration.ofMillis(300));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
