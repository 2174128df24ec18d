package dev.landfall.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;

/** Reads the topic with a plain Kafka consumer, and its values as S3 event notifications. */
final class TopicCheck {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final String TOPIC = "landfall.objects";

    private final Problems problems;
    private final JsonMapper json = new JsonMapper();
    private final Set<String> awaited;
    private final Map<String, Long> sizes;
    private final Map<String, String> sequencers = new HashMap<>();
    private int events;

    /** @param sizes by {@code bucket/name}; each must have an event */
    TopicCheck(Map<String, Long> sizes, Problems problems) {
        this.sizes = sizes;
        this.awaited = new HashSet<>(sizes.keySet());
        this.problems = problems;
    }

    /** Returns the number of events, once every key has one or the longest wait is over. */
    int run(String bootstrap) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 10_000, "request.timeout.ms", 5_000);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + LONGEST.toNanos();
            while (!awaited.isEmpty() && System.nanoTime() - end < 0) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(200))) {
                    look(message, partitions.size());
                }
            }
        } catch (KafkaException e) {
            problems.add("The topic " + TOPIC + " cannot be read at " + bootstrap + ": " + e.getMessage());
        }
        problems.missing(
                "The topic " + TOPIC + " has no event of",
                awaited.stream().sorted().toList(),
                sizes.size());
        return events;
    }

    private void look(ConsumerRecord<byte[], byte[]> message, int partitions) {
        String key = new String(message.key(), StandardCharsets.UTF_8);
        Long size = sizes.get(key);
        if (size == null) {
            problems.add("The topic has an event of " + key + ", which nobody wrote");
            return;
        }
        events++;
        List<String> wrong = new ArrayList<>();
        try {
            JsonNode s3 = json.readTree(message.value()).path("Records").path(0).path("s3");
            String name = URLDecoder.decode(s3.path("object").path("key").asText(), StandardCharsets.UTF_8);
            if (!key.equals(s3.path("bucket").path("name").asText() + "/" + name)) {
                wrong.add("names another object");
            }
            if (s3.path("object").path("size").asLong(-1) != size) {
                wrong.add("has the size " + s3.path("object").path("size") + " instead of " + size);
            }
            String sequencer = s3.path("object").path("sequencer").asText();
            String before = sequencers.put(key, sequencer);
            if (before != null && before.compareTo(sequencer) > 0) {
                wrong.add("comes after a later one");
            }
        } catch (IOException e) {
            wrong.add("is not JSON");
        }
        if (message.partition() != Utils.toPositive(Utils.murmur2(message.key())) % partitions) {
            wrong.add("is in a partition that Kafka's own partitioner would not choose");
        }
        if (wrong.isEmpty()) {
            awaited.remove(key);
        } else {
            problems.add("The event of " + key + " " + String.join(" and ", wrong));
        }
    }
}
