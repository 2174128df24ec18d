package dev.landfall.ingest;

import dev.landfall.ingest.auth.AuthConfig;
import dev.landfall.ingest.http.Limits;
import dev.landfall.ingest.http.PemFiles;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.TieredStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;

/** One node of real parts, but for the cluster's log. */
final class TestNode implements AutoCloseable {
    static {
        // A look costs nothing here, and a busy machine needs patience.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    static final int PARTITIONS = 8;
    /** Nothing listens there. */
    static final Map<String, String> NO_KAFKA = Map.of("bootstrap.servers", "127.0.0.1:9", "max.block.ms", "100");

    final FakeCluster cluster;
    final ObjectStore store;
    final TieredStore tiered;
    final Ingest ingest;
    final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private TestNode(
            FakeCluster cluster,
            Path directory,
            Map<String, String> kafka,
            Limits limits,
            long outbox,
            List<Path> roots,
            Topics topics,
            AuthConfig auth,
            PemFiles tls) {
        this(
                cluster,
                LocalStore.open(
                        new LocalStore.Config(cluster.nodeId(), List.of(directory), PARTITIONS, TimeSource.system())),
                kafka,
                limits,
                outbox,
                roots,
                topics,
                auth,
                tls);
    }

    private TestNode(
            FakeCluster cluster,
            ObjectStore store,
            Map<String, String> kafka,
            Limits limits,
            long outbox,
            List<Path> roots,
            Topics topics,
            AuthConfig auth,
            PemFiles tls) {
        this.cluster = cluster;
        this.store = store;
        var config = new Ingest.Config(
                cluster.nodeId(),
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                null,
                null,
                roots,
                kafka,
                topics,
                Set.of("default"),
                limits,
                outbox,
                auth,
                auth.secret() == null && tls == null ? null : new Ingest.Config.S3Listen("127.0.0.1", 0),
                tls,
                "test");
        this.tiered = TieredStore.start(TieredStore.Config.of(Map.of()), store, cluster, metrics, TimeSource.system());
        this.ingest = Ingest.create(config, store, tiered, cluster, metrics, TimeSource.system());
    }

    static TestNode create(
            FakeCluster cluster,
            Path directory,
            Map<String, String> kafka,
            Limits limits,
            long outbox,
            List<Path> roots) {
        return new TestNode(cluster, directory, kafka, limits, outbox, roots, Topics.DEFAULT, AuthConfig.OPEN, null);
    }

    static TestNode create(FakeCluster cluster, Path directory, Map<String, String> kafka, Topics topics) {
        return new TestNode(cluster, directory, kafka, limits(), 1_000_000, List.of(), topics, AuthConfig.OPEN, null);
    }

    /** With keys and a port for S3. */
    static TestNode start(FakeCluster cluster, Path directory, AuthConfig auth) {
        return new TestNode(cluster, directory, NO_KAFKA, limits(), 1_000_000, List.of(), Topics.DEFAULT, auth, null)
                .started();
    }

    /** Without keys; both front doors speak TLS. */
    static TestNode startWithTls(FakeCluster cluster, Path directory, PemFiles tls) {
        return new TestNode(
                        cluster,
                        directory,
                        NO_KAFKA,
                        limits(),
                        1_000_000,
                        List.of(),
                        Topics.DEFAULT,
                        AuthConfig.OPEN,
                        tls)
                .started();
    }

    /** Over a store that may have a bad day. */
    static TestNode start(FakeCluster cluster, ObjectStore store) {
        return new TestNode(
                        cluster, store, NO_KAFKA, limits(), 1_000_000, List.of(), Topics.DEFAULT, AuthConfig.OPEN, null)
                .started();
    }

    static TestNode start(FakeCluster cluster, Path directory) {
        return create(cluster, directory, NO_KAFKA, limits(), 1_000_000, List.of())
                .started();
    }

    static Limits limits() {
        return new Limits(16, 64, 32 << 10, 64 << 20, Duration.ofSeconds(5), 0);
    }

    TestNode started() {
        ingest.start();
        Awaitility.await().until(() -> cluster.view().nodes().containsKey(cluster.nodeId()));
        return this;
    }

    String url(String path) {
        return ingest.httpUrl() + path;
    }

    /** The data files under a node's directory. */
    static Set<Path> dataFiles(Path directory) {
        Set<Path> files = new HashSet<>();
        try {
            Files.walkFileTree(directory.resolve("data"), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // it has just gone away
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    @Override
    public void close() {
        ingest.close();
        tiered.close();
        store.close();
    }
}
