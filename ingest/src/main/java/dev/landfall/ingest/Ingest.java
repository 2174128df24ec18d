package dev.landfall.ingest;

import dev.landfall.ingest.admin.BucketRoutes;
import dev.landfall.ingest.admin.ClusterRoutes;
import dev.landfall.ingest.auth.AuthConfig;
import dev.landfall.ingest.auth.KeyRoutes;
import dev.landfall.ingest.auth.Keys;
import dev.landfall.ingest.cluster.Assignment;
import dev.landfall.ingest.cluster.Decisions;
import dev.landfall.ingest.cluster.Registration;
import dev.landfall.ingest.http.Door;
import dev.landfall.ingest.http.Limits;
import dev.landfall.ingest.http.PemFiles;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.http.Tls;
import dev.landfall.ingest.objects.BucketShares;
import dev.landfall.ingest.objects.DeleteObject;
import dev.landfall.ingest.objects.Disks;
import dev.landfall.ingest.objects.FanOut;
import dev.landfall.ingest.objects.GetObject;
import dev.landfall.ingest.objects.ListObjects;
import dev.landfall.ingest.objects.MultipartObjects;
import dev.landfall.ingest.objects.NodeObjectRouter;
import dev.landfall.ingest.objects.Objects;
import dev.landfall.ingest.objects.Places;
import dev.landfall.ingest.objects.PutObject;
import dev.landfall.ingest.objects.Remote;
import dev.landfall.ingest.objects.ViewWatch;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.promote.FilePromoter;
import dev.landfall.ingest.relay.Relay;
import dev.landfall.ingest.s3.S3Door;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.placement.Cluster;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.TieredStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Everything of one node that speaks HTTP, the relay of its events to Kafka, and its place in the cluster. {@link #create}, add routes,
 * {@link #start}, {@link #drain}, {@link #close}.
 */
public final class Ingest implements AutoCloseable {
    /**
     * @param host of the front door; this machine only, unless everybody needs credentials
     * @param port 0 picks a free one
     * @param peerHost of the node-to-node listener
     * @param advertisedHttp the front door's URL for clients; null for where it listens
     * @param advertisedPeer the peer listener's URL for other nodes; null for where it listens
     * @param promoteRoots directories that promote may read below
     * @param kafka client properties, {@code bootstrap.servers} among them
     * @param remotes names of the remote endpoints that buckets may use
     * @param limits of the front door
     * @param auth who may use the node
     * @param tls of the front door and the port for S3; null for plain HTTP
     * @param s3 null for the S3 API at {@code /s3} of the front door alone
     * @param outboxLimit events that may wait for Kafka; above it changes are refused with {@code OUTBOX_FULL}
     */
    public record Config(
            String nodeId,
            String host,
            int port,
            String peerHost,
            int peerPort,
            @Nullable String advertisedHttp,
            @Nullable String advertisedPeer,
            List<Path> promoteRoots,
            Map<String, String> kafka,
            Topics topics,
            Set<String> remotes,
            Limits limits,
            long outboxLimit,
            AuthConfig auth,
            @Nullable S3Listen s3,
            @Nullable PemFiles tls,
            String version) {
        /** Where the S3 API has a port of its own. @param port 0 picks a free one */
        public record S3Listen(String host, int port) {}

        public static final long DEFAULT_OUTBOX_LIMIT = 5_000_000;

        public Config {
            promoteRoots = List.copyOf(promoteRoots);
            kafka = Map.copyOf(kafka);
            remotes = Set.copyOf(remotes);
        }

        /** With everything else at its default. */
        public static Config of(
                String nodeId,
                int port,
                int peerPort,
                List<Path> promoteRoots,
                Map<String, String> kafka,
                Topics topics,
                Set<String> remotes,
                String version) {
            return new Config(
                    nodeId,
                    "127.0.0.1",
                    port,
                    "127.0.0.1",
                    peerPort,
                    null,
                    null,
                    promoteRoots,
                    kafka,
                    topics,
                    remotes,
                    Limits.DEFAULT,
                    DEFAULT_OUTBOX_LIMIT,
                    AuthConfig.OPEN,
                    null,
                    null,
                    version);
        }

        /** This one with keys, and perhaps a port for S3. */
        public Config with(AuthConfig keys, @Nullable S3Listen s3Listen) {
            return new Config(
                    nodeId,
                    host,
                    port,
                    peerHost,
                    peerPort,
                    advertisedHttp,
                    advertisedPeer,
                    promoteRoots,
                    kafka,
                    topics,
                    remotes,
                    limits,
                    outboxLimit,
                    keys,
                    s3Listen,
                    tls,
                    version);
        }

        /** Kafka's properties may hold passwords. */
        @Override
        public String toString() {
            return "Config[" + nodeId + ", " + host + ":" + port + ", " + peerHost + ":" + peerPort + "]";
        }
    }

    private final Config config;
    private final ObjectStore store;
    private final Cluster cluster;
    private final TimeSource time;
    private final RouteTable frontRoutes = new RouteTable();
    private final RouteTable peerRoutes = new RouteTable();
    private final RouteTable s3Routes = new RouteTable();
    private final Door front;
    private final @Nullable Door s3;
    private final Door peer;
    private final PeerClient peers;
    private final FanOut fanOut = new FanOut();
    private final ViewWatch watch;
    private final Decisions decisions;
    private final Assignment assignment;
    private final NodeObjectRouter router;
    private final FilePromoter promoter;
    private final Keys keys;
    private final PrometheusMeterRegistry metrics;
    private volatile @Nullable Relay relay;
    private @Nullable Registration registration;
    private volatile boolean draining;

    private Ingest(
            Config config,
            ObjectStore store,
            TieredStore local,
            Cluster cluster,
            PrometheusMeterRegistry metrics,
            TimeSource time) {
        this.config = config;
        this.store = store;
        this.cluster = cluster;
        this.metrics = metrics;
        this.time = time;
        String ids = Integer.toHexString(ThreadLocalRandom.current().nextInt());
        var guards = new Guards(config.auth(), cluster::view, time);
        this.keys = guards.keys();
        PemFiles files = config.tls();
        SSLContext tls = files == null ? null : Tls.of(files);
        this.front = Door.create(
                new Door.Config(
                        "front",
                        config.host(),
                        config.port(),
                        true,
                        config.advertisedHttp(),
                        config.limits(),
                        guards.front(),
                        tls),
                frontRoutes,
                metrics,
                time,
                ids);
        this.peer = Door.create(
                new Door.Config(
                        "peer",
                        config.peerHost(),
                        config.peerPort(),
                        false,
                        config.advertisedPeer(),
                        config.limits(),
                        guards.peer(),
                        null),
                peerRoutes,
                metrics,
                time,
                ids + "-peer");
        var listen = config.s3();
        this.s3 = listen == null
                ? null
                : Door.create(
                        new Door.Config(
                                "s3", listen.host(), listen.port(), true, null, config.limits(), guards.s3(), tls),
                        s3Routes,
                        metrics,
                        time,
                        ids + "-s3");
        this.peers = new PeerClient(guards.peerKey());
        this.watch = ViewWatch.on(cluster);
        this.decisions = new Decisions(cluster, peers, watch);
        this.assignment = new Assignment(config.nodeId(), store, this::wakeRelay);
        var places = new Places(cluster);
        var objects = new Objects(
                local, store, places, new Remote(places, peers, watch), new Disks(store, time), config.outboxLimit());
        this.router = new NodeObjectRouter(objects, decisions);
        this.promoter = new FilePromoter(config.promoteRoots(), places, local, objects::refuseWhenOutboxIsFull);
        addRoutes(objects);
    }

    /**
     * Assembles the doors; nothing listens yet.
     *
     * @throws dev.landfall.model.LandfallException {@code INVALID_ARGUMENT} for an address that others could reach
     */
    public static Ingest create(
            Config config,
            ObjectStore store,
            TieredStore tiered,
            Cluster cluster,
            PrometheusMeterRegistry metrics,
            TimeSource time) {
        return new Ingest(config, store, tiered, cluster, metrics, time);
    }

    private void addRoutes(Objects objects) {
        var shares = new BucketShares(objects, fanOut);
        var list = new ListObjects(objects, fanOut, false);
        addObjects(frontRoutes, "/api/v1/objects/", objects, false);
        frontRoutes.endpoint("GET", "/api/v1/objects/{bucket}", list);
        var buckets = new BucketRoutes(cluster, decisions, fanOut, shares, list, config.remotes(), time);
        buckets.addTo(frontRoutes);
        addS3(frontRoutes, Guards.S3_PATH, buckets, objects, list);
        addS3(s3Routes, "", buckets, objects, list);
        new KeyRoutes(keys, cluster, decisions, fanOut, time).addTo(frontRoutes);
        new ClusterRoutes(cluster, config.version(), events(config), metrics, this::notReady).addTo(frontRoutes);

        addObjects(peerRoutes, "/node/v1/objects/", objects, true);
        peerRoutes.endpoint("GET", "/node/v1/objects/{bucket}", new ListObjects(objects, fanOut, true));
        shares.addPeerRoutes(peerRoutes);
        MultipartObjects.addPeerRoutes(peerRoutes, objects);
        decisions.addPeerRoutes(peerRoutes);
    }

    private void addS3(RouteTable routes, String path, BucketRoutes buckets, Objects objects, ListObjects list) {
        S3Door.at(
                        path,
                        cluster,
                        buckets,
                        objects,
                        list,
                        new PutObject(objects, false, config.limits().maxBodyBytes()),
                        new GetObject(objects, false),
                        new DeleteObject(objects, false),
                        new MultipartObjects(objects, fanOut))
                .addTo(routes);
    }

    private static ClusterRoutes.Kafka events(Config config) {
        return new ClusterRoutes.Kafka(
                config.kafka().getOrDefault("bootstrap.servers", ""),
                config.topics().objects());
    }

    private void addObjects(RouteTable routes, String path, Objects objects, boolean peerDoor) {
        var get = new GetObject(objects, peerDoor);
        String template = path + "{bucket}/{name...}";
        routes.endpoint(
                "PUT",
                template,
                new PutObject(objects, peerDoor, config.limits().maxBodyBytes()));
        routes.endpoint("GET", template, get);
        routes.endpoint("HEAD", template, get);
        routes.endpoint("DELETE", template, new DeleteObject(objects, peerDoor));
    }

    /** Starts to listen, to relay events, and to register with the cluster; all of it goes on in the background. */
    public synchronized void start() {
        peer.start();
        front.start();
        if (s3 != null) {
            s3.start();
        }
        relay = Relay.start(store, config.kafka(), config.topics(), this::partitions, metrics, time);
        cluster.onChange(assignment::accept);
        String http = config.advertisedHttp();
        String peerUrl = config.advertisedPeer();
        registration = Registration.start(
                new NodeInfo(
                        config.nodeId(),
                        http == null ? front.url() : http,
                        peerUrl == null ? peer.url() : peerUrl,
                        store.storeId()),
                decisions,
                watch,
                time);
    }

    private int partitions() {
        var map = cluster.view().map();
        return map == null ? 0 : map.partitions();
    }

    private void wakeRelay() {
        Relay running = relay;
        if (running != null) {
            running.wakeAll();
        }
    }

    /** What the node still waits for before it can serve, as a sentence; null when it serves. */
    public @Nullable String notReady() {
        if (draining) {
            return "the node is shutting down";
        }
        if (cluster.view().map() == null) {
            return "the cluster has no map yet";
        }
        return assignment.missing();
    }

    /** Where modules above add what they serve; only before {@link #start}. */
    public Routes routes() {
        return frontRoutes;
    }

    /** The routes of each door that listens, by its URL. */
    Map<String, List<String>> templates() {
        Map<String, List<String>> templates = new LinkedHashMap<>();
        templates.put(front.url(), frontRoutes.templates());
        templates.put(peer.url(), peerRoutes.templates());
        if (s3 != null) {
            templates.put(s3.url(), s3Routes.templates());
        }
        return templates;
    }

    public ObjectRouter router() {
        return router;
    }

    public Promoter promoter() {
        return promoter;
    }

    /** Where the front door listens, once it does. */
    public String httpUrl() {
        return front.url();
    }

    /** Where the S3 API has a port of its own, once it listens; null when it has none. */
    public @Nullable String s3Url() {
        return s3 == null ? null : s3.url();
    }

    /** Where the node-to-node API listens, once it does. */
    public String peerUrl() {
        return peer.url();
    }

    /** Refuses new requests and waits for those in flight. Returns whether all ended in time. */
    public boolean drain(Duration grace) {
        draining = true;
        long end = time.nanos() + grace.toNanos();
        boolean ended = front.drain(grace);
        if (s3 != null) {
            ended &= s3.drain(Duration.ofNanos(Math.max(0, end - time.nanos())));
        }
        return peer.drain(Duration.ofNanos(Math.max(0, end - time.nanos()))) && ended;
    }

    /** Stops listening and relaying. What Kafka has not acknowledged stays in the outbox. */
    @Override
    public synchronized void close() {
        draining = true;
        if (registration != null) {
            registration.close();
        }
        front.stop();
        if (s3 != null) {
            s3.stop();
        }
        peer.stop();
        Relay running = relay;
        if (running != null) {
            running.close();
        }
        fanOut.close();
        peers.close();
    }
}
