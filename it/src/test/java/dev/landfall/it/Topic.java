package dev.landfall.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A topic as a stranger reads it: kafka-clients and a JSON parser, nothing of ours. */
final class Topic implements AutoCloseable {
    static final String OBJECTS = "landfall.objects";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final List<Event> seen = new ArrayList<>();

    /** One record, as far as the S3 event format goes. {@code sequencer} orders the events of one key as text. */
    record Event(
            int partition,
            long offset,
            String key,
            String bucket,
            String name,
            String eventName,
            String sequencer,
            long size,
            String eTag,
            Map<String, String> headers,
            JsonNode json) {
        String id() {
            return headers.getOrDefault("ce_id", "");
        }

        boolean isPut() {
            return eventName.startsWith("ObjectCreated:");
        }
    }

    private Topic(KafkaConsumer<String, byte[]> consumer, List<TopicPartition> partitions) {
        this.consumer = consumer;
        this.partitions = partitions;
    }

    /** From the beginning. */
    static Topic open(String bootstrap, String topic) {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("key.deserializer", StringDeserializer.class);
        config.put("value.deserializer", ByteArrayDeserializer.class);
        config.put("isolation.level", "read_committed");
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(config);
        List<TopicPartition> partitions = consumer.partitionsFor(topic, Duration.ofSeconds(30)).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return new Topic(consumer, partitions);
    }

    int partitions() {
        return partitions.size();
    }

    /** Everything there is by now, from the beginning, per partition in order. */
    List<Event> read() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, Duration.ofSeconds(30));
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                seen.add(parse(record));
            }
        }
        return List.copyOf(seen);
    }

    List<Event> read(String bucket) {
        return read().stream().filter(event -> event.bucket().equals(bucket)).toList();
    }

    /** Per key the events in topic order, later deliveries of the same event left out. */
    static Map<String, List<Event>> byKey(List<Event> events) {
        Map<String, Map<String, Event>> first = new HashMap<>();
        for (Event event : events) {
            first.computeIfAbsent(event.key(), key -> new LinkedHashMap<>()).putIfAbsent(event.id(), event);
        }
        Map<String, List<Event>> result = new HashMap<>();
        first.forEach((key, byId) -> result.put(key, List.copyOf(byId.values())));
        return result;
    }

    private static Event parse(ConsumerRecord<String, byte[]> record) {
        JsonNode json;
        try {
            json = JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        JsonNode event = json.path("Records").path(0);
        JsonNode object = event.path("s3").path("object");
        return new Event(
                record.partition(),
                record.offset(),
                record.key(),
                event.path("s3").path("bucket").path("name").asText(),
                URLDecoder.decode(object.path("key").asText(), StandardCharsets.UTF_8),
                event.path("eventName").asText(),
                object.path("sequencer").asText(),
                object.path("size").asLong(),
                object.path("eTag").asText(),
                headers,
                json);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
