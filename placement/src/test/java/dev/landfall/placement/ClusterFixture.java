package dev.landfall.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** The nodes of one test on one broker, under a topic prefix of their own. */
final class ClusterFixture implements AutoCloseable {
    static final int PARTITIONS = 8;
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    final Topics topics;
    private final String bootstrap;
    private final Path directory;
    private final List<Cluster> started = new ArrayList<>();

    ClusterFixture(String bootstrap, Path directory) {
        this(bootstrap, directory, new Topics("test" + PREFIXES.incrementAndGet()));
    }

    ClusterFixture(String bootstrap, Path directory, Topics topics) {
        this.topics = topics;
        this.bootstrap = bootstrap;
        this.directory = directory;
    }

    Cluster start(String nodeId) {
        return start(config(nodeId, PARTITIONS));
    }

    Cluster start(KafkaCluster.Config config) {
        Cluster cluster = KafkaCluster.start(config);
        started.add(cluster);
        return cluster;
    }

    KafkaCluster.Config config(String nodeId, int partitions) {
        return config(nodeId, partitions, Map.of("bootstrap.servers", bootstrap));
    }

    KafkaCluster.Config config(String nodeId, Map<String, String> kafka) {
        return config(nodeId, PARTITIONS, kafka);
    }

    private KafkaCluster.Config config(String nodeId, int partitions, Map<String, String> kafka) {
        return new KafkaCluster.Config(
                kafka,
                topics,
                nodeId,
                partitions,
                (short) 1,
                List.of("n1", "n2", "n3"),
                directory.resolve(topics.prefix() + "-" + nodeId + ".json"),
                Duration.ofSeconds(5),
                TimeSource.system());
    }

    static Cluster coordinator(Cluster... candidates) {
        return eventually(() -> List.of(candidates).stream()
                .filter(Cluster::isCoordinator)
                .findFirst()
                .orElse(null));
    }

    static ClusterCommand bucket(String name) {
        return new ClusterCommand.CreateBucket(new BucketName(name), BucketSpec.local());
    }

    static void refused(ErrorCode code, Cluster cluster, ClusterCommand command) {
        assertThatExceptionOfType(LandfallException.class)
                .isThrownBy(() -> cluster.decide(command))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    static <T> T eventually(Callable<T> value) {
        return await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(value, v -> v != null && !Boolean.FALSE.equals(v));
    }

    @Override
    public void close() {
        started.forEach(Cluster::close);
    }
}
