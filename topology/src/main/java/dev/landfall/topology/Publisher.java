package dev.landfall.topology;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes items, dead letters, results and progress: one producer for all topologies and jobs of a node. Thread-safe. */
final class Publisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaProducer<byte[], byte[]> producer;
    private final TimeSource time;
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean closed;

    Publisher(KafkaProducer<byte[], byte[]> producer, TimeSource time) {
        this.producer = producer;
        this.time = time;
    }

    /** Sends, and goes on trying until Kafka has the record (true) or it is not wanted any more (false). */
    boolean deliver(ProducerRecord<byte[], byte[]> record, BooleanSupplier cancelled) {
        for (boolean first = true; ; first = false) {
            try {
                Future<RecordMetadata> sent = producer.send(record);
                while (true) {
                    try {
                        sent.get(200, TimeUnit.MILLISECONDS);
                        return true;
                    } catch (TimeoutException e) {
                        if (closed || cancelled.getAsBoolean()) {
                            return false;
                        }
                    }
                }
            } catch (ExecutionException | KafkaException | IllegalStateException e) {
                if (closed || cancelled.getAsBoolean()) {
                    return false;
                }
                if (first) {
                    LOG.warn("Failed to write to {}; trying again until it works: {}", record.topic(), e.toString());
                }
                time.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** Sends in a batch with others; if Kafka is away for long, the record is lost, which is counted. */
    void offer(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record, (metadata, error) -> {
                if (error != null) {
                    noteLoss(record.topic(), error);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            noteLoss(record.topic(), e);
        }
    }

    private void noteLoss(String topic, Exception error) {
        if (lost.getAndIncrement() == 0 && !closed) {
            LOG.warn("Failed to write a record to {}; further ones are only counted: {}", topic, error.toString());
        }
    }

    /** Records that were offered and never arrived. */
    long lost() {
        return lost.get();
    }

    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ofSeconds(1));
    }
}
