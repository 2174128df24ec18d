package dev.landfall.it;

import static org.awaitility.Awaitility.await;

import dev.landfall.dev.s3.S3Process;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import dev.landfall.targets.StoreInspector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Nodes as processes of their own, each started by {@code landfall node --config FILE}, with a Kafka that outlives them, an S3 server, and
 * proxies in front of S3 and of each node's peer port. Everything listens on 127.0.0.1 and ends with {@link #close}.
 */
final class TestCluster implements AutoCloseable {
    private static final int PARTITIONS = 32;
    private static final Duration START = Duration.ofSeconds(150);
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    /** How a cluster differs from the usual one. */
    record Options(int nodes, List<String> jvm, String extra, Duration s3Latency) {
        static final Options USUAL = new Options(3, List.of("-Xmx256m"), "", Duration.ZERO);

        Options withJvm(String... options) {
            return new Options(nodes, List.of(options), extra, s3Latency);
        }

        /** Lines for every node's configuration file. */
        Options with(String lines) {
            return new Options(nodes, jvm, extra + lines + "\n", s3Latency);
        }

        Options withNodes(int count) {
            return new Options(count, jvm, extra, s3Latency);
        }

        Options withS3Latency(Duration latency) {
            return new Options(nodes, jvm, extra, latency);
        }
    }

    private static final class Node {
        final String id;
        final Path data;
        final int httpPort;
        final int peerPort;
        final FaultProxy peer;
        ChildProcess process;

        Node(String id, Path data) {
            this.id = id;
            this.data = data;
            this.httpPort = freePort();
            this.peerPort = freePort();
            this.peer = FaultProxy.to(URI.create("http://127.0.0.1:" + peerPort));
        }
    }

    private final Path dir;
    private final Options options;
    private final List<Node> nodes = new ArrayList<>();
    private KafkaUnderTest kafka;
    private final String bootstrap;
    private final S3Process s3;
    private final boolean borrowed;
    private final FaultProxy s3Proxy;

    private TestCluster(Path dir, Options options, KafkaUnderTest kafka, S3Process s3, boolean borrowed) {
        this.dir = dir;
        this.options = options;
        this.kafka = kafka;
        this.bootstrap = kafka.bootstrap();
        this.s3 = s3;
        this.borrowed = borrowed;
        this.s3Proxy = FaultProxy.to(s3.endpoint());
    }

    static TestCluster start(Path dir, Options options) {
        KafkaUnderTest kafka = KafkaUnderTest.start(dir.resolve("kafka"));
        S3Process s3;
        try {
            s3 = S3Process.start(dir.resolve("s3"), 0, options.s3Latency());
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
        return start(new TestCluster(dir, options, kafka, s3, false));
    }

    /** Another cluster on the same Kafka, with topics of its own, and on the same S3; both must outlive it. */
    static TestCluster beside(TestCluster other, String prefix, Path dir, Options options) {
        Options own = options.with("topics: {prefix: " + prefix + "}");
        return start(new TestCluster(dir, own, other.kafka, other.s3, true));
    }

    private static TestCluster start(TestCluster cluster) {
        try {
            Path dir = cluster.dir;
            Options options = cluster.options;
            for (int i = 0; i < options.nodes(); i++) {
                cluster.nodes.add(new Node("n" + i, dir.resolve("n" + i)));
            }
            for (Node node : cluster.nodes) {
                cluster.launch(node);
            }
            cluster.nodes.forEach(cluster::awaitReady);
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    int size() {
        return nodes.size();
    }

    Api api(int node) {
        return new Api(URI.create("http://127.0.0.1:" + nodes.get(node).httpPort));
    }

    String id(int node) {
        return nodes.get(node).id;
    }

    long pid(int node) {
        return nodes.get(node).process.pid();
    }

    /** Between the other nodes and this one's peer port. */
    FaultProxy peer(int node) {
        return nodes.get(node).peer;
    }

    /** Between the nodes and S3. */
    FaultProxy s3Faults() {
        return s3Proxy;
    }

    /** S3 itself, past the proxy. */
    S3Side s3() {
        return S3Side.connect(s3.endpoint(), s3.region(), s3.accessKey(), s3.secretKey());
    }

    String kafka() {
        return bootstrap;
    }

    Topic objects() {
        return Topic.open(bootstrap, Topic.OBJECTS);
    }

    Path data(int node) {
        return nodes.get(node).data;
    }

    String output(int node) {
        return nodes.get(node).process.output();
    }

    /** The number of the node that owns the key. */
    int owner(String bucket, String name) {
        return ownerSeenBy(0, bucket, name);
    }

    /** As another node sees it: the first may be dead. */
    int ownerSeenBy(int node, String bucket, String name) {
        return ownerOf(api(node).cluster(), bucket, name);
    }

    private int ownerOf(com.fasterxml.jackson.databind.JsonNode cluster, String bucket, String name) {
        int partition = Keys.partition(bucket + "/" + name, Keys.partitions(cluster));
        String owner = Keys.owner(cluster, partition);
        return IntStream.range(0, nodes.size())
                .filter(i -> nodes.get(i).id.equals(owner))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Nobody owns partition " + partition + ": " + cluster));
    }

    /** A name that this node owns. */
    String nameOwnedBy(int node, String bucket, String stem) {
        var cluster = api(0).cluster();
        return Stream.iterate(0, i -> i + 1)
                .map(i -> stem + "-" + i)
                .limit(10_000)
                .filter(name -> ownerOf(cluster, bucket, name) == node)
                .findFirst()
                .orElseThrow();
    }

    void kill9(int node) {
        nodes.get(node).process.kill9();
    }

    /** SIGTERM; the exit code. */
    int stop(int node) {
        return nodes.get(node).process.stop(Duration.ofSeconds(30));
    }

    /** Starts a node that was killed or stopped; same directory, same ports. */
    void restart(int node) {
        launch(nodes.get(node));
        awaitReady(nodes.get(node));
    }

    /** After a kill or an outage: until every node can have changes decided again, by a new coordinator if need be. */
    void awaitDecisions() {
        byte[] spec = "{}".getBytes(StandardCharsets.UTF_8);
        for (int node = 0; node < size(); node++) {
            Api api = api(node);
            await("changes through " + id(node))
                    .atMost(START)
                    .until(() ->
                            api.send("PUT", "/api/v1/buckets/decisions", spec).status() == 200);
        }
    }

    void stopKafka() {
        kafka.close();
    }

    void startKafka() {
        kafka = KafkaUnderTest.start(dir.resolve("kafka"));
        if (!kafka.bootstrap().equals(bootstrap)) {
            throw new AssertionError("Kafka came back at " + kafka.bootstrap() + " instead of " + bootstrap);
        }
    }

    private void launch(Node node) {
        Path config = dir.resolve(node.id + ".yaml");
        String targets = nodes.stream().map(each -> each.id).collect(Collectors.joining(", "));
        String yaml = """
                node: {id: %s}
                data: %s
                http: {port: %d}
                peer: {port: %d, advertise: "%s"}
                kafka: {bootstrap.servers: "%s"}
                cluster: {partitions: %d, initialTargets: [%s]}
                remotes:
                  default:
                    endpoint: %s
                    region: %s
                    pathStyle: true
                    accessKey: env:TEST_ACCESS_KEY
                    secretKey: env:TEST_SECRET_KEY
                    attemptTimeout: 6s
                  down:
                    endpoint: http://127.0.0.1:9
                    pathStyle: true
                    accessKey: env:TEST_ACCESS_KEY
                    secretKey: env:TEST_SECRET_KEY
                %s
                """.formatted(
                        node.id,
                        node.data,
                        node.httpPort,
                        node.peerPort,
                        node.peer.uri(),
                        bootstrap,
                        PARTITIONS,
                        targets,
                        s3Proxy.uri(),
                        s3.region(),
                        options.extra());
        try {
            Files.writeString(config, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        node.process = ChildProcess.java(
                "node " + node.id,
                dir.resolve(node.id + ".log"),
                options.jvm(),
                java.util.Map.of("TEST_ACCESS_KEY", s3.accessKey(), "TEST_SECRET_KEY", s3.secretKey()),
                "dev.landfall.dev.Landfall",
                List.of("node", "--config", config.toString()));
    }

    private void awaitReady(Node node) {
        Api api = new Api(URI.create("http://127.0.0.1:" + node.httpPort));
        node.process.awaitReady(START, () -> {
            try {
                return api.send("GET", "/health/ready", null).status() == 200;
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    /** Below the range that Linux takes the ports of outgoing connections from: a node that is down for a while finds its port free. */
    static int freePort() {
        for (int i = 0; i < 100; i++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 20_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                if (GIVEN.add(port)) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                // It is taken: another one.
            }
        }
        throw new IllegalStateException("No free port");
    }

    /** After {@link #close}: what does not agree in the nodes' stores, by node; empty when all is well. */
    List<String> disagreements() {
        List<String> all = new ArrayList<>();
        for (Node node : nodes) {
            var config = new LocalStore.Config(
                    node.id, List.of(node.data.resolve("objects")), PARTITIONS, TimeSource.system());
            try (ObjectStore store = LocalStore.open(config)) {
                StoreInspector.check(store).forEach(what -> all.add(node.id + ": " + what));
            }
        }
        return all;
    }

    @Override
    public void close() {
        nodes.stream().filter(node -> node.process != null).forEach(node -> node.process.close());
        nodes.forEach(node -> node.peer.close());
        s3Proxy.close();
        if (!borrowed) {
            s3.close();
            kafka.close();
        }
    }
}
