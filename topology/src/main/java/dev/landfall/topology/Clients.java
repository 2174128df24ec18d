package dev.landfall.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka clients with the settings that suit this module; properties of the user's win where they do not change its promises. */
final class Clients {
    static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);

    /** Longer would save idle fetches, but a partition that is gained, and a close, wait behind a fetch that is under way. */
    static final String IDLE_FETCH_MILLIS = "500";

    private final Map<String, String> base;
    private final String nodeId;

    Clients(Map<String, String> kafka, String nodeId) {
        this.base = Map.copyOf(kafka);
        this.nodeId = nodeId;
    }

    /** The user's properties and those that every client here has. */
    Map<String, Object> common(String role) {
        Map<String, Object> config = new HashMap<>();
        config.put("reconnect.backoff.ms", "100");
        config.put("reconnect.backoff.max.ms", "5000");
        config.put("enable.metrics.push", "false");
        config.putAll(base);
        config.put("client.id", "landfall-" + nodeId + "-" + role);
        return config;
    }

    Admin admin(String role) {
        Map<String, Object> config = common(role);
        config.put("default.api.timeout.ms", String.valueOf(ADMIN_TIMEOUT.toMillis()));
        config.put("request.timeout.ms", "5000");
        return Admin.create(config);
    }

    /** A consumer whose partitions are assigned by hand and whose place is never reset by itself. */
    KafkaConsumer<byte[], byte[]> consumer(String role, String group, boolean committedOnly) {
        Map<String, Object> config = common(role);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "100");
        config.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, IDLE_FETCH_MILLIS);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, committedOnly ? "read_committed" : "read_uncommitted");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    KafkaProducer<byte[], byte[]> producer(String role) {
        Map<String, Object> config = common(role);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        config.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
