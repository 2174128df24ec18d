package dev.landfall.placement;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads the committed records of the cluster log. For one thread, except {@link #wakeup}. Every method is bounded in time. */
final class LogConsumer implements AutoCloseable {
    /** Marks every record of a transaction but the last: a state is complete only where none follows. */
    static final String MORE_FOLLOWS = "more";

    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaCluster.Config config;
    private final TopicPartition log;
    private final KafkaConsumer<String, byte[]> consumer;

    private LogConsumer(KafkaCluster.Config config, TopicPartition log, KafkaConsumer<String, byte[]> consumer) {
        this.config = config;
        this.log = log;
        this.consumer = consumer;
    }

    static LogConsumer open(KafkaCluster.Config config, String role) {
        var consumer = new KafkaConsumer<String, byte[]>(ClientSettings.reader(config, role));
        var log = new TopicPartition(config.topics().cluster(), 0);
        consumer.assign(List.of(log));
        return new LogConsumer(config, log, consumer);
    }

    /**
     * The offset after the last committed record.
     *
     * @throws TimeoutException when Kafka does not answer
     */
    long end() {
        return Objects.requireNonNull(
                consumer.endOffsets(List.of(log), ClientSettings.ANSWER).get(log));
    }

    /** Folds the whole log, up to where it ended at the call. */
    void readFromBeginning(LogState into) {
        consumer.seekToBeginning(List.of(log));
        long end = end();
        long moved = config.time().nanos();
        long position = -1;
        while (true) {
            long now = consumer.position(log, ClientSettings.ANSWER);
            if (now >= end) {
                return;
            }
            if (now > position) {
                position = now;
                moved = config.time().nanos();
            } else if (config.time().nanos() - moved > 2 * ClientSettings.ANSWER.toNanos()) {
                throw new TimeoutException(
                        "The cluster log does not move from offset " + now + " towards its end " + end);
            }
            for (ConsumerRecord<String, byte[]> each : poll()) {
                fold(each, into);
            }
        }
    }

    ConsumerRecords<String, byte[]> poll() {
        return consumer.poll(POLL);
    }

    /** Whether the state is complete with this record. */
    static boolean fold(ConsumerRecord<String, byte[]> read, LogState into) {
        into.apply(new Change(read.key() == null ? "" : read.key(), read.value()), read.offset());
        return read.headers().lastHeader(MORE_FOLLOWS) == null;
    }

    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        // With the interrupt pending it would not close but complain.
        boolean interrupted = Thread.interrupted();
        try {
            consumer.close(CloseOptions.timeout(Duration.ofMillis(200)));
        } catch (InterruptException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
