package dev.landfall.dev;

import dev.landfall.dev.kafka.EmbeddedKafka;
import dev.landfall.dev.s3.S3Process;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole cluster on this machine: a real Kafka broker in this process, a real S3 server in a child process, and nodes that talk to each
 * other over HTTP exactly as separate machines would. All of it is kept in one directory; a cluster started again there finds everything
 * as it was. One thread at a time may use it.
 */
public final class DevCluster implements AutoCloseable {
    /** The S3 bucket that every cluster has. */
    public static final String S3_BUCKET = "landfall";

    private static final Logger LOG = LoggerFactory.getLogger(DevCluster.class);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final DevOptions options;
    private final DirectoryLock lock;
    private final Map<String, RunningNode> nodes = new LinkedHashMap<>();
    private @Nullable EmbeddedKafka kafka;
    private String kafkaAddress = "";
    private @Nullable S3Process s3;
    private @Nullable DevKeys keys;

    private DevCluster(DevOptions options, DirectoryLock lock) {
        this.options = options;
        this.lock = lock;
    }

    /** Returns when every node can serve. */
    public static DevCluster start(DevOptions options) {
        try {
            var cluster = new DevCluster(options, DirectoryLock.take(options.directory(), options.targets()));
            try {
                cluster.startAll();
            } catch (IOException | RuntimeException e) {
                cluster.close();
                throw e;
            }
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to start a cluster in " + options.directory(), e);
        }
    }

    private void startAll() throws IOException {
        keys = DevKeys.in(options.directory());
        try (ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("landfall-start-", 0).factory())) {
            Future<S3Process> s3Start =
                    executor.submit(() -> S3Process.start(options.directory().resolve("s3"), 0, options.s3Latency()));
            Future<EmbeddedKafka> kafkaStart = executor.submit(
                    () -> EmbeddedKafka.start(options.directory().resolve("kafka"), 0));
            try {
                s3 = get(s3Start);
            } finally {
                kafka = get(kafkaStart);
            }
            kafkaAddress = kafka.bootstrap();
            s3.createBucket(S3_BUCKET);
            List<Future<RunningNode>> starts = new ArrayList<>();
            for (String id : NodeFile.ids(options.targets())) {
                starts.add(executor.submit(starter(id)));
            }
            RuntimeException failed = null;
            for (Future<RunningNode> start : starts) {
                try {
                    RunningNode node = get(start);
                    nodes.put(node.id(), node);
                } catch (RuntimeException e) {
                    failed = e;
                }
            }
            if (failed != null) {
                throw failed;
            }
            Acquaintance.await(nodes.values(), READY, keys());
        }
    }

    private Callable<RunningNode> starter(String id) throws IOException {
        int port = id.equals("n1") ? options.port() : 0;
        Path config = NodeFile.write(options, id, port, kafka().bootstrap(), s3(), keys());
        return () -> {
            if (options.processes()) {
                return ChildNode.start(id, config, options.nodeJvm(), config.resolveSibling("node.log"));
            }
            InProcessNode node = InProcessNode.start(config);
            try {
                node.awaitReady(READY);
            } catch (RuntimeException e) {
                node.stop(Duration.ZERO);
                throw e;
            }
            return node;
        };
    }

    /** Starts a node again after it was stopped or killed. */
    public RunningNode startNode(String id) {
        try {
            RunningNode node = starter(id).call();
            nodes.put(id, node);
            Acquaintance.await(
                    nodes.values().stream().filter(RunningNode::isAlive).toList(), READY, keys());
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to start the node " + id, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Failed to start the node " + id, e);
        }
    }

    /** The front door of the first node. */
    public URI http() {
        return nodes().getFirst().http();
    }

    /** The keys that every node knows. */
    public DevKeys keys() {
        if (keys == null) {
            throw new IllegalStateException("The cluster has not started");
        }
        return keys;
    }

    /** In the order of their names, those that were killed among them. */
    public List<RunningNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /** The broker; stop and start it through {@link #stopKafka} and {@link #startKafka}. */
    public EmbeddedKafka kafka() {
        if (kafka == null) {
            throw new IllegalStateException("Kafka does not run");
        }
        return kafka;
    }

    /** Where the broker is, or was when it was stopped. */
    public String kafkaAddress() {
        return kafkaAddress;
    }

    public void stopKafka() {
        if (kafka != null) {
            kafka.close();
            kafka = null;
        }
    }

    /** At the same address as before. */
    public void startKafka() {
        if (kafka == null) {
            kafka = EmbeddedKafka.start(options.directory().resolve("kafka"), 0);
        }
    }

    public S3Process s3() {
        if (s3 == null) {
            throw new IllegalStateException("S3 does not run");
        }
        return s3;
    }

    public void stopS3() {
        if (s3 != null) {
            s3.close();
            s3 = null;
        }
    }

    /** At the same address as before, while its port is free. */
    public void startS3() {
        if (s3 == null) {
            s3 = S3Process.start(options.directory().resolve("s3"), 0, options.s3Latency());
        }
    }

    /** Drains the nodes, then stops everything. Returns whether all of it ended in order and in time. */
    public boolean stop() {
        boolean clean = true;
        try (ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("landfall-stop-", 0).factory())) {
            List<Future<Boolean>> stops = nodes.values().stream()
                    .map(node -> executor.submit(() -> node.stop(GRACE)))
                    .toList();
            for (Future<Boolean> stop : stops) {
                try {
                    clean &= get(stop);
                } catch (RuntimeException e) {
                    LOG.error("A node did not stop in order", e);
                    clean = false;
                }
            }
        }
        nodes.clear();
        try {
            stopKafka();
        } catch (RuntimeException e) {
            LOG.error("Kafka did not stop in order", e);
            clean = false;
        }
        stopS3();
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("Failed to release the directory", e);
        }
        return clean;
    }

    @Override
    public void close() {
        stop();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
