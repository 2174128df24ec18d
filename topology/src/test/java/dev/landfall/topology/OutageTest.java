package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away in the middle of the work and comes back. */
final class OutageTest {
    private static final String FILE = """
            version: 1
            transforms: {copy: {exec: [unused]}}
            pipelines:
              copies: {from: {bucket: words}, via: [copy], to: {bucket: copies, name: "{name}"}}
            """;

    @Test
    void twoNodesGoOnAfterKafkaWasAway(@TempDir Path directory) throws Exception {
        var objects = new Fakes.FakeObjects(Files.createDirectory(directory.resolve("objects")));
        var began = new CountDownLatch(1);
        var away = new CountDownLatch(1);
        Transform transform = call -> {
            if (call.source().name().equals("during")) {
                began.countDown();
                try {
                    away.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            Files.copy(call.input(), call.output());
        };
        Topics topics;
        List<Topologies> nodes;
        Path data = directory.resolve("kafka");
        try (var kafka = new TestKafka(data)) {
            topics = kafka.newTopics();
            Topics used = topics;
            nodes = Stream.of("n1", "n2")
                    .map(node -> {
                        var cluster = new Fakes.FakeCluster(node);
                        cluster.map(Fakes.FakeCluster.map(TestKafka.PARTITIONS, "n1", "n2"));
                        cluster.topology("copy", FILE);
                        return Topologies.start(
                                new Topologies.Config(
                                        kafka.properties(), used, directory.resolve(node), (short) 1, true),
                                new Fakes.FakeRoutes(),
                                objects,
                                java.util.Map.of(),
                                (Sources) objects,
                                cluster,
                                spec -> transform,
                                new SimpleMeterRegistry(),
                                TimeSource.system());
                    })
                    .toList();
            for (int i = 0; i < 20; i++) {
                put(kafka, objects, topics, "words/before" + i);
            }
            put(kafka, objects, topics, "words/during");
            await().until(() -> objects.outputs() == 20);
            // What has no outcome in Kafka when it goes away may be done once more.
            await().until(() -> kafka.read(used.results()).size() == 20);
            began.await();
        }
        away.countDown();
        await().until(() -> objects.output("copies/during") != null);

        try (var kafka = new TestKafka(data)) {
            for (int i = 0; i < 20; i++) {
                put(kafka, objects, topics, "words/after" + i);
            }
            await().until(() -> objects.outputs() == 41);
            assertThat(nodes).allSatisfy(node -> await().until(() -> node.isRunning("copy", 1)));
            long puts = objects.puts.size();
            assertThat(puts).isEqualTo(41);
            nodes.forEach(Topologies::close);
        }
    }

    private static void put(TestKafka kafka, Fakes.FakeObjects objects, Topics topics, String key) {
        objects.source(key, 1, "text");
        kafka.event(topics, key, 1);
    }
}
