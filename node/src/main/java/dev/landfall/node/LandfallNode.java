package dev.landfall.node;

import dev.landfall.etl.Transforms;
import dev.landfall.ingest.Ingest;
import dev.landfall.ingest.http.Limits;
import dev.landfall.ingest.http.PemFiles;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.node.config.ClusterConfig;
import dev.landfall.node.config.Listen;
import dev.landfall.node.config.NodeConfig;
import dev.landfall.node.config.TlsSettings;
import dev.landfall.placement.Cluster;
import dev.landfall.placement.KafkaCluster;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import dev.landfall.topology.Topologies;
import dev.landfall.writeback.TieredStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node, assembled: the store, its place in the cluster, write-back, HTTP, pipelines and jobs. */
public final class LandfallNode {
    private static final Logger LOG = LoggerFactory.getLogger(LandfallNode.class);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(10);

    /** Only tests of the sweep set this. */
    private static final boolean WAKE_ON_EVENT =
            Boolean.parseBoolean(System.getProperty("landfall.test.wakeOnEvent", "true"));

    private static final String VERSION = "0.1.0";

    private final NodeConfig config;
    private final Parts parts;
    private final TimeSource time;

    /** What was started so far, in order. */
    private static final class Parts {
        @Nullable
        ObjectStore store;

        @Nullable
        Cluster cluster;

        @Nullable
        TieredStore tiered;

        @Nullable
        Ingest ingest;

        @Nullable
        Topologies topologies;

        @Nullable
        Metrics metrics;
    }

    private LandfallNode(NodeConfig config, Parts parts, TimeSource time) {
        this.config = config;
        this.parts = parts;
        this.time = time;
    }

    /**
     * Starts the node; it listens when this returns, and serves once it has its place in the cluster ({@link #awaitReady}).
     *
     * @throws LandfallException or IllegalStateException with a sentence for the operator; nothing is left running then
     */
    public static LandfallNode start(NodeConfig config) {
        TimeSource time = TimeSource.system();
        var node = new LandfallNode(config, new Parts(), time);
        try {
            Files.createDirectories(config.data());
            node.assemble();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The data directory " + config.data() + " cannot be used: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            node.stop(Duration.ZERO);
            throw e;
        }
    }

    private void assemble() {
        ClusterConfig shape = config.cluster();
        Listen s3 = config.s3();
        TlsSettings tls = config.tls();
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        parts.metrics = Metrics.bind(registry, config.id());
        ObjectStore store =
                LocalStore.open(new LocalStore.Config(config.id(), config.mountpaths(), shape.partitions(), time));
        parts.store = store;
        Cluster cluster = KafkaCluster.start(new KafkaCluster.Config(
                config.kafka(),
                config.topics(),
                config.id(),
                shape.partitions(),
                shape.replication(),
                shape.initialTargets(),
                config.data().resolve("cluster-view.json"),
                REQUEST_TIMEOUT,
                time));
        parts.cluster = cluster;
        var limits = config.limits();
        TieredStore tiered = TieredStore.start(
                new TieredStore.Config(
                        config.remotes(),
                        limits.uploads(),
                        limits.sweepInterval(),
                        limits.dirtyBytes(),
                        limits.dirtyAge(),
                        WAKE_ON_EVENT),
                store,
                cluster,
                registry,
                time);
        parts.tiered = tiered;
        Ingest ingest = Ingest.create(
                new Ingest.Config(
                        config.id(),
                        config.http().host(),
                        config.http().port(),
                        config.peer().host(),
                        config.peer().port(),
                        config.http().advertised(),
                        config.peer().advertised(),
                        config.promoteRoots(),
                        config.kafka(),
                        config.topics(),
                        config.remotes().keySet(),
                        Limits.DEFAULT,
                        Ingest.Config.DEFAULT_OUTBOX_LIMIT,
                        Auth.resolve(config.auth()),
                        s3 == null ? null : new Ingest.Config.S3Listen(s3.host(), s3.port()),
                        tls == null ? null : new PemFiles(tls.certificate(), tls.key()),
                        VERSION),
                store,
                tiered,
                cluster,
                registry,
                time);
        parts.ingest = ingest;
        parts.topologies = Topologies.start(
                new Topologies.Config(
                        config.kafka(),
                        config.topics(),
                        config.data().resolve("work"),
                        shape.replication(),
                        config.allowExec()),
                ingest.routes(),
                ingest.router(),
                ingest.promoter(),
                tiered,
                cluster,
                new Transforms(),
                registry,
                time);
        ingest.start();
        LOG.info("The node {} listens at {}, for other nodes at {}", config.id(), ingest.httpUrl(), ingest.peerUrl());
    }

    public String id() {
        return config.id();
    }

    /** The front door. */
    public URI http() {
        return URI.create(ingest().httpUrl());
    }

    /** The S3 API's port; null when it has none of its own. */
    public @Nullable URI s3() {
        String url = ingest().s3Url();
        return url == null ? null : URI.create(url);
    }

    /** The node-to-node listener. */
    public URI peer() {
        return URI.create(ingest().peerUrl());
    }

    /** Blocks until the node has its place in the cluster. */
    public void awaitReady(Duration timeout) {
        awaitReady(timeout, () -> false);
    }

    /**
     * @param cancelled ends the wait early, without an error
     * @throws LandfallException {@code CLUSTER_UNAVAILABLE} at the timeout, or with the reason when the cluster refuses the node
     */
    public void awaitReady(Duration timeout, BooleanSupplier cancelled) {
        long end = time.nanos() + timeout.toNanos();
        while (!cancelled.getAsBoolean()) {
            Cluster cluster = parts.cluster;
            String failure = cluster == null ? null : cluster.failure();
            if (failure != null) {
                throw new LandfallException(ErrorCode.CLUSTER_UNAVAILABLE, "The cluster refuses this node: " + failure);
            }
            String missing = ingest().notReady();
            if (missing == null) {
                LOG.info("The node {} is ready", config.id());
                return;
            }
            if (time.nanos() - end >= 0) {
                throw new LandfallException(
                        ErrorCode.CLUSTER_UNAVAILABLE,
                        "The node " + config.id() + " is not ready after " + timeout.toSeconds() + " s: " + missing
                                + "; check that Kafka answers at "
                                + config.kafka().get("bootstrap.servers"));
            }
            time.sleep(POLL);
        }
    }

    private Ingest ingest() {
        if (parts.ingest == null) {
            throw new IllegalStateException("The node " + config.id() + " has not started");
        }
        return parts.ingest;
    }

    /**
     * Refuses new requests, lets those in flight finish within the grace, then ends everything from the outside in. Nothing that was
     * acknowledged depends on the grace. Returns whether all of it ended in order and in time.
     */
    public boolean stop(Duration grace) {
        boolean clean = true;
        Ingest ingest = parts.ingest;
        Topologies topologies = parts.topologies;
        TieredStore tiered = parts.tiered;
        Cluster cluster = parts.cluster;
        ObjectStore store = parts.store;
        Metrics metrics = parts.metrics;
        if (ingest != null) {
            clean &= ended("the requests in flight", () -> {
                if (!ingest.drain(grace)) {
                    throw new IllegalStateException("some were still running after " + grace.toMillis() + " ms");
                }
            });
        }
        if (topologies != null) {
            clean &= ended("the pipelines", topologies::close);
        }
        if (ingest != null) {
            clean &= ended("HTTP", ingest::close);
        }
        if (tiered != null) {
            clean &= ended("write-back", () -> tiered.close(grace));
        }
        if (cluster != null) {
            clean &= ended("the cluster", cluster::close);
        }
        if (store != null) {
            clean &= ended("the store", store::close);
        }
        if (metrics != null) {
            clean &= ended("the metrics", metrics::close);
        }
        LOG.info("The node {} has stopped{}", config.id(), clean ? "" : ", but not in order");
        return clean;
    }

    private interface Ending {
        void run() throws Exception;
    }

    private boolean ended(String what, Ending ending) {
        try {
            ending.run();
            return true;
        } catch (Exception e) {
            LOG.error("Failed to stop {} of the node {} in order", what, config.id(), e);
            return false;
        }
    }
}
