package dev.landfall.ingest;

import dev.landfall.ingest.auth.AuthConfig;
import dev.landfall.ingest.http.Limits;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.TieredStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One node of real parts, but for the cluster's log. */
final class TestNode implements AutoCloseable {
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
            List<Path> roots) {
        this.cluster = cluster;
        this.store = LocalStore.open(
                new LocalStore.Config(cluster.nodeId(), List.of(directory), PARTITIONS, TimeSource.system()));
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
                Topics.DEFAULT,
                Set.of("default"),
                limits,
                outbox,
                AuthConfig.OPEN,
                null,
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
        return new TestNode(cluster, directory, kafka, limits, outbox, roots);
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
        org.awaitility.Awaitility.await().until(() -> cluster.view().nodes().containsKey(cluster.nodeId()));
        return this;
    }

    String url(String path) {
        return ingest.httpUrl() + path;
    }

    @Override
    public void close() {
        ingest.close();
        tiered.close();
        store.close();
    }
}
