package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.dev.kafka.EmbeddedKafka;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import dev.landfall.model.Topics;
import dev.landfall.model.WritebackMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** A real broker for a test class; each test gets topics of its own prefix. */
final class TestKafka implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        // Each look at a topic is a consumer of its own; a busy machine needs patience.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(50));
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private final EmbeddedKafka broker;
    private final KafkaProducer<byte[], byte[]> producer;

    TestKafka(Path directory) {
        broker = EmbeddedKafka.start(directory, 0);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Consumers that wait shortly for what is not there: whoever closes waits for them. */
    Map<String, String> properties() {
        return Map.of("bootstrap.servers", broker.bootstrap(), "fetch.max.wait.ms", "50", "poll.ms", "50");
    }

    /** The topics that the cluster itself creates. */
    Topics newTopics() {
        var topics = new Topics("t" + NEXT.incrementAndGet());
        create(topics.objects(), topics.results(), topics.jobs());
        return topics;
    }

    private void create(String... names) {
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(properties()))) {
            admin.createTopics(java.util.Arrays.stream(names)
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void event(Topics topics, String key, long generation) {
        ObjectKey object = ObjectKey.parse(key);
        int partition = Partitions.of(object, PARTITIONS);
        byte[] value = new ObjectEvent(
                        EventType.PUT,
                        object,
                        new Generation(generation),
                        3,
                        "etag",
                        Instant.EPOCH,
                        "n1",
                        WritebackMode.LOCAL,
                        ChangeCause.CLIENT,
                        null,
                        null,
                        null)
                .toJson(partition);
        send(new ProducerRecord<>(topics.objects(), partition, object.toBytes(), value));
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    Admin admin() {
        return Admin.create(Map.<String, Object>copyOf(properties()));
    }

    void place(String group, TopicPartition partition, long offset) throws Exception {
        try (Admin admin = admin()) {
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    void deleteBefore(TopicPartition partition, long offset) throws Exception {
        try (Admin admin = admin()) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    long beginning(TopicPartition partition) {
        try (Admin admin = admin()) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** All records that are in a topic now. */
    List<JsonNode> read(String topic) {
        List<JsonNode> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>copyOf(properties()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(Json.tree(record.value())));
            }
        }
        return values;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        broker.close();
    }
}
