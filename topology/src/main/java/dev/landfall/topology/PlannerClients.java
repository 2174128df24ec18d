package dev.landfall.topology;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a planner. When the place of a partition is gone, Streams would either stop, and all partitions with it, or jump without a
 * word: here that one partition goes on at its oldest event, and the log says what is missing.
 */
final class PlannerClients implements KafkaClientSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerClients.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final String topology;

    PlannerClients(String topology) {
        this.topology = topology;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()) {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                try {
                    return super.poll(timeout);
                } catch (InvalidOffsetException e) {
                    beginAgain(this, e);
                    return ConsumerRecords.empty();
                }
            }
        };
    }

    private void beginAgain(Consumer<byte[], byte[]> consumer, InvalidOffsetException e) {
        Map<TopicPartition, Long> lost =
                e instanceof OffsetOutOfRangeException range ? range.offsetOutOfRangePartitions() : Map.of();
        Map<TopicPartition, Long> oldest;
        try {
            oldest = consumer.beginningOffsets(e.partitions(), TIMEOUT);
        } catch (KafkaException unknown) {
            return; // The next poll fails in the same way.
        }
        oldest.forEach((partition, offset) -> {
            Long place = lost.get(partition);
            if (place == null) {
                LOG.error(
                        "The planner of topology {} has no place in partition {} and begins again at its oldest event, {}; what is done"
                                + " already is planned again",
                        topology,
                        partition,
                        offset);
            } else {
                LOG.error(
                        "The place {} of the planner of topology {} in partition {} does not exist any more; it goes on at the oldest event,"
                                + " {}: {} events are gone, and what they told of is not planned",
                        place,
                        topology,
                        partition,
                        offset,
                        Math.max(0, offset - place));
            }
            consumer.seek(partition, offset);
        });
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
