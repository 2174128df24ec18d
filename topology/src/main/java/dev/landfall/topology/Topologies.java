package dev.landfall.topology;

import dev.landfall.ingest.ObjectRouter;
import dev.landfall.ingest.Promoter;
import dev.landfall.ingest.Routes;
import dev.landfall.model.ClusterView;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.model.TopologyRecord;
import dev.landfall.placement.Cluster;
import dev.landfall.writeback.TieredStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipelines and jobs of one node: follows the cluster's view and runs what it asks for. */
public final class Topologies implements AutoCloseable {
    /**
     * @param kafka client properties, {@code bootstrap.servers} among them
     * @param directory of this node, for temporary files and the planners' state; what is in it need not survive
     * @param replication factor of the topics it creates
     * @param allowExec whether topologies may run commands
     */
    public record Config(
            Map<String, String> kafka, Topics topics, Path directory, short replication, boolean allowExec) {
        public Config {
            kafka = Map.copyOf(kafka);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Topologies.class);

    private final Config config;
    private final Cluster cluster;
    private final Sources sources;
    private final ObjectRouter router;
    private final TransformProvider transforms;
    private final Publisher publisher;
    private final Clients clients;
    private final WorkDirectory work;
    private final MeterRegistry metrics;
    private final TimeSource time;
    private final Map<String, RunningTopology> running = new HashMap<>();
    private final Set<TopologyRecord> refused = new HashSet<>();
    private final Thread thread;
    private final Jobs jobs;
    private @Nullable ClusterView next;
    private volatile boolean closed;

    private Topologies(
            Config config,
            Routes routes,
            ObjectRouter router,
            Map<String, JobKind> kinds,
            Sources sources,
            Cluster cluster,
            TransformProvider transforms,
            MeterRegistry metrics,
            TimeSource time) {
        this.config = config;
        this.cluster = cluster;
        this.sources = sources;
        this.router = router;
        this.transforms = transforms;
        this.metrics = metrics;
        this.time = time;
        this.clients = new Clients(config.kafka(), cluster.nodeId());
        this.publisher = new Publisher(clients.producer("work"), time);
        this.work = WorkDirectory.open(config.directory().resolve("attempts"));
        this.jobs = new Jobs(config.topics(), clients, cluster, publisher, kinds, time, config.replication());
        this.thread = Thread.ofPlatform().daemon().name("landfall-topologies").unstarted(this::run);
        new TopologyRoutes(cluster, router, config.allowExec()).addTo(routes);
        new JobRoutes(cluster, router, jobs, time).addTo(routes);
    }

    /** Adds its routes and returns at once; the rest begins when the cluster has a map and Kafka answers. */
    public static Topologies start(
            Config config,
            Routes routes,
            ObjectRouter router,
            Promoter promoter,
            TieredStore store,
            Cluster cluster,
            TransformProvider transforms,
            MeterRegistry metrics,
            TimeSource time) {
        var tier = Tier.of(store);
        Map<String, JobKind> kinds = Map.of(
                PromoteJob.NAME,
                new PromoteJob(promoter),
                FlushJob.NAME,
                new FlushJob(tier),
                EvictJob.NAME,
                new EvictJob(tier, time),
                PrefetchJob.NAME,
                new PrefetchJob(tier, time),
                CopyJob.NAME,
                new CopyJob(tier, router, time));
        return start(config, routes, router, kinds, Sources.of(store), cluster, transforms, metrics, time);
    }

    static Topologies start(
            Config config,
            Routes routes,
            ObjectRouter router,
            Map<String, JobKind> kinds,
            Sources sources,
            Cluster cluster,
            TransformProvider transforms,
            MeterRegistry metrics,
            TimeSource time) {
        var topologies = new Topologies(config, routes, router, kinds, sources, cluster, transforms, metrics, time);
        topologies.thread.start();
        cluster.onChange(topologies::changed);
        return topologies;
    }

    private synchronized void changed(ClusterView view) {
        next = view;
        notifyAll();
    }

    private void run() {
        while (!closed) {
            ClusterView view;
            synchronized (this) {
                while (next == null && !closed) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                view = next;
                next = null;
            }
            if (view != null && view.map() != null && !closed) {
                try {
                    follow(view);
                } catch (RuntimeException e) {
                    LOG.error("Failed to follow the cluster's state at offset {}", view.offset(), e);
                }
            }
        }
    }

    private void follow(ClusterView view) {
        Set<Integer> owned = Set.copyOf(view.requireMap().partitionsOf(cluster.nodeId()));
        List<RunningTopology> ending = new ArrayList<>();
        synchronized (running) {
            for (RunningTopology topology : List.copyOf(running.values())) {
                if (topology.record()
                        .equals(view.topologies().get(topology.record().name()))) {
                    topology.own(owned);
                } else {
                    ending.add(topology);
                    running.remove(topology.record().name());
                }
            }
        }
        closeAll(ending);
        for (TopologyRecord record : view.topologies().values()) {
            synchronized (running) {
                if (!closed && !running.containsKey(record.name()) && !refused.contains(record)) {
                    begin(record, view.requireMap().partitions(), owned);
                }
            }
        }
        if (!closed) {
            jobs.follow(view, owned);
        }
    }

    private void begin(TopologyRecord record, int partitions, Set<Integer> owned) {
        TopologySpec spec;
        try {
            spec = TopologyFile.parse(record.yaml());
        } catch (LandfallException e) {
            LOG.error(
                    "The topology {} (version {}) cannot be read by this release:\n{}",
                    record.name(),
                    record.version(),
                    e.getMessage());
            refused.add(record);
            return;
        }
        if (spec.runsCommands() && !config.allowExec()) {
            LOG.error(
                    "The topology {} runs commands, which this node does not allow: its items wait. Start the node with --allow-exec",
                    record.name());
            refused.add(record);
            return;
        }
        var shared = new RunningTopology.Shared(
                clients,
                config.topics(),
                cluster.nodeId(),
                config.directory().resolve("planners"),
                partitions,
                config.replication(),
                sources,
                router,
                transforms,
                publisher,
                work,
                metrics,
                time);
        running.put(record.name(), RunningTopology.start(shared, record, spec, owned));
    }

    /** Whether the version of a topology is at work on this node. */
    public boolean isRunning(String name, int version) {
        synchronized (running) {
            RunningTopology topology = running.get(name);
            return topology != null && topology.record().version() == version && topology.isRunning();
        }
    }

    private static void closeAll(List<RunningTopology> topologies) {
        List<Thread> closing = topologies.stream()
                .map(topology -> Thread.ofVirtual().start(topology::close))
                .toList();
        for (Thread one : closing) {
            try {
                one.join(Duration.ofMillis(2500));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Returns within three seconds. What was being worked on runs again at the next start. */
    @Override
    public void close() {
        List<RunningTopology> all;
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        synchronized (running) {
            all = List.copyOf(running.values());
            running.clear();
        }
        Thread endingJobs = Thread.ofVirtual().start(jobs::close);
        closeAll(all);
        try {
            endingJobs.join(Duration.ofSeconds(2));
            thread.join(Duration.ofMillis(200));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
    }
}
