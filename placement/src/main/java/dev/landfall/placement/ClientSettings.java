package dev.landfall.placement;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The settings of each Kafka client: what the operator gave, and over it what correctness and quick answers need. */
final class ClientSettings {
    /** How long one answer of Kafka may take before it counts as away. */
    static final Duration ANSWER = Duration.ofSeconds(3);

    private ClientSettings() {}

    static Map<String, Object> admin(KafkaCluster.Config config) {
        Map<String, Object> settings = common(config, "admin");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(ANSWER));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis(ANSWER));
        return settings;
    }

    static Map<String, Object> reader(KafkaCluster.Config config, String role) {
        Map<String, Object> settings = consumer(config, role);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // A log that is shorter than what was read already is another log: read it again from its beginning.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return settings;
    }

    static Map<String, Object> member(KafkaCluster.Config config) {
        Map<String, Object> settings = consumer(config, "member");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group(config));
        // A node that was killed takes its own place when it is back: nobody waits until its last membership has timed
        // out.
        settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.nodeId());
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        // The shortest that a broker allows unless it is told otherwise: so long a dead coordinator is missed.
        settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000);
        // A node that joins or leaves must not depose the coordinator.
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        return settings;
    }

    static Map<String, Object> decider(KafkaCluster.Config config) {
        int limit = millis(config.requestTimeout());
        Map<String, Object> settings = common(config, "coordinator");
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group(config));
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, limit);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(limit, millis(ANSWER)));
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, limit);
        // An open transaction of a coordinator that died holds up readers until the next one fences it, or so long.
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, limit + 5_000);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return settings;
    }

    private static Map<String, Object> consumer(KafkaCluster.Config config, String role) {
        Map<String, Object> settings = common(config, role);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(ANSWER));
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        return settings;
    }

    private static Map<String, Object> common(KafkaCluster.Config config, String role) {
        Map<String, Object> settings = new HashMap<>(config.kafka());
        settings.put(
                CommonClientConfigs.CLIENT_ID_CONFIG, config.topics().prefix() + "." + config.nodeId() + "." + role);
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return settings;
    }

    private static String group(KafkaCluster.Config config) {
        return config.topics().prefix() + ".coordinator";
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
