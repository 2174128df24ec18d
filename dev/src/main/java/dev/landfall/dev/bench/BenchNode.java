package dev.landfall.dev.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landfall.client.LandfallClient;
import dev.landfall.dev.kafka.EmbeddedKafka;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.Durability;
import dev.landfall.node.LandfallNode;
import dev.landfall.node.config.NodeConfigFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is measured: nodes of this process with a Kafka broker beside them, or a cluster that runs already. The nodes are configured as any
 * other, so the relay, checksums and events are on; there is no way to switch them off.
 */
final class BenchNode implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final List<LandfallNode> nodes = new ArrayList<>();
    private @Nullable EmbeddedKafka kafka;
    private final List<URI> doors = new ArrayList<>();

    /** @param count of nodes */
    static BenchNode start(Path directory, int count) throws IOException {
        var made = new BenchNode();
        try {
            EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
            made.kafka = kafka;
            List<String> ids = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                ids.add("n" + i);
            }
            for (String id : ids) {
                made.nodes.add(LandfallNode.start(NodeConfigFile.read(file(directory, id, ids, kafka.bootstrap()))));
            }
            for (LandfallNode node : made.nodes) {
                node.awaitReady(READY);
                made.doors.add(node.http());
            }
            return made;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    static BenchNode running(URI url) {
        var found = new BenchNode();
        found.doors.add(url);
        return found;
    }

    private static Path file(Path directory, String id, List<String> ids, String bootstrap) throws IOException {
        Path home = Files.createDirectories(directory.resolve(id));
        Path config = home.resolve("node.yaml");
        Map<String, Object> yaml = Map.of(
                "node", Map.of("id", id),
                "data", home.resolve("data").toString(),
                "http", Map.of("port", 0),
                "peer", Map.of("port", 0),
                "kafka", Map.of("bootstrap.servers", bootstrap),
                "cluster", Map.of("partitions", 32, "initialTargets", ids));
        Files.writeString(config, new YAMLMapper().writeValueAsString(yaml));
        return config;
    }

    /** The bucket of that durability as a side; makes the bucket where there is none. */
    Side open(Durability durability, boolean direct) {
        var bucket = new BucketName("bench-" + durability.name().toLowerCase(Locale.ROOT));
        try (var client = LandfallClient.to(doors.getFirst())) {
            boolean there = false;
            for (JsonNode each : client.buckets().path("buckets")) {
                there |= each.path("name").asText().equals(bucket.value());
            }
            if (!there) {
                client.createBucket(bucket, new BucketSpec(null, durability, null));
            }
            return Side.landfall(bucket, client.cluster(), direct, kafka != null);
        }
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.stop(Duration.ofSeconds(5)));
        if (kafka != null) {
            kafka.close();
        }
    }
}
