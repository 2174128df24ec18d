package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.dev.kafka.EmbeddedKafka;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import dev.landfall.model.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayTest {
    @TempDir
    static Path kafkaDirectory;

    @TempDir
    Path directory;

    private static EmbeddedKafka kafka;
    private static int tests;
    private Topics topics;
    private TestNode node;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(kafkaDirectory, 0);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() throws Exception {
        topics = new Topics("relay" + ++tests);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(List.of(
                            new NewTopic(topics.objects(), TestNode.PARTITIONS, (short) 1),
                            new NewTopic(topics.results(), TestNode.PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        node = open();
        Http.put(node.url("/api/v1/buckets/speech"), "{\"durability\":\"os\"}");
    }

    private TestNode open() {
        return TestNode.create(
                        new FakeCluster(new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1")), "n1"),
                        directory.resolve("data"),
                        Map.of("bootstrap.servers", kafka.bootstrap()),
                        topics)
                .started();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void put(String name) {
        assertThat(Http.put(node.url("/api/v1/objects/speech/" + name), name).status())
                .isEqualTo(200);
    }

    private List<ConsumerRecord<byte[], byte[]>> read(int expected) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrap(), "fetch.max.wait.ms", 50),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, TestNode.PARTITIONS)
                    .mapToObj(p -> new TopicPartition(topics.objects(), p))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return ids(records).size() >= expected;
            });
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }

    private static Set<String> ids(List<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> ids = new HashSet<>();
        records.forEach(r -> ids.add(new String(r.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8)));
        return ids;
    }

    /** First occurrences only: a repeated event is allowed, a new one out of order is not. */
    private static void assertOrdered(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<Integer, Long> last = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (var record : records) {
            String id = new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
            if (seen.add(id)) {
                long generation = ObjectEvent.parse(record.value()).generation().value();
                assertThat(generation).isGreaterThan(last.getOrDefault(record.partition(), -1L));
                last.put(record.partition(), generation);
            }
        }
    }

    @Test
    void eventsArriveWhereAnyProducerWouldPutThemAndLeaveTheOutbox() {
        for (int i = 0; i < 100; i++) {
            put("x" + i % 10);
        }
        Http.send(node.url("/api/v1/objects/speech/x1"), "DELETE", null);

        var records = read(101);

        assertThat(ids(records)).hasSize(101);
        assertOrdered(records);
        for (var record : records) {
            ObjectKey key = ObjectEvent.parse(record.value()).key();
            assertThat(record.key()).isEqualTo(key.toBytes());
            assertThat(record.partition()).isEqualTo(Partitions.of(key, TestNode.PARTITIONS));
        }
        await().untilAsserted(() -> assertThat(node.store.outboxDepth()).isZero());
        await().untilAsserted(() -> assertThat(node.metrics
                        .get("landfall.outbox.oldest.seconds")
                        .gauge()
                        .value())
                .isZero());
        assertThat(node.metrics
                        .get("landfall.events.sent")
                        .tag("topic", "objects")
                        .counter()
                        .count())
                .isEqualTo(101);
    }

    @Test
    void kafkaMayGoAwayWhileObjectsArrive() {
        for (int i = 0; i < 50; i++) {
            put("x" + i % 5);
        }
        kafka.close();
        for (int i = 0; i < 100; i++) {
            put("x" + i % 5);
        }
        assertThat(node.store.outboxDepth()).isPositive();
        kafka = EmbeddedKafka.start(kafkaDirectory, 0);

        var records = read(150);

        assertThat(ids(records)).hasSize(150);
        assertOrdered(records);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(node.store.outboxDepth()).isZero());
    }

    @Test
    void refusedEventsAreSentAgainInOrderOnceKafkaTakesThem() throws Exception {
        maxMessageBytes("100");
        for (int i = 0; i < 20; i++) {
            put("x" + i % 2);
        }
        await().until(() ->
                node.metrics.get("landfall.relay.restarts").counter().count() >= 1);
        assertThat(node.store.outboxDepth()).isEqualTo(20);
        maxMessageBytes("1000000");

        var records = read(20);

        assertThat(ids(records)).hasSize(20);
        assertOrdered(records);
    }

    private void maxMessageBytes(String bytes) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            var topic = new org.apache.kafka.common.config.ConfigResource(
                    org.apache.kafka.common.config.ConfigResource.Type.TOPIC, topics.objects());
            var set = new org.apache.kafka.clients.admin.AlterConfigOp(
                    new org.apache.kafka.clients.admin.ConfigEntry("max.message.bytes", bytes),
                    org.apache.kafka.clients.admin.AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
        }
    }

    @Test
    void whatTheLastRunLeftIsSentByTheNext() {
        kafka.close();
        for (int i = 0; i < 50; i++) {
            put("x" + i);
        }
        node.close();
        kafka = EmbeddedKafka.start(kafkaDirectory, 0);
        node = open();

        assertThat(ids(read(50))).hasSize(50);
        await().untilAsserted(() -> assertThat(node.store.outboxDepth()).isZero());
    }
}
