package dev.landfall.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what is finished from a work topic, for nothing else does. Rarely, in the background, and one deletion at a time. */
final class WorkTrimmer {
    private static final Logger LOG = LoggerFactory.getLogger(WorkTrimmer.class);
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final Clients clients;
    private final String topic;
    private final long intervalNanos;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Map<Integer, Long> committed = new HashMap<>();
    private long last = System.nanoTime();

    WorkTrimmer(Clients clients, String topic, Duration interval) {
        this.clients = clients;
        this.topic = topic;
        this.intervalNanos = interval.toNanos();
    }

    static WorkTrimmer of(Clients clients, String topic) {
        return new WorkTrimmer(clients, topic, INTERVAL);
    }

    /** Everything below the offset is finished, and Kafka knows it. Called on one thread. */
    void committed(int partition, long offset) {
        committed.put(partition, offset);
    }

    /** Called on the same thread, often; returns at once. */
    void turn() {
        long now = System.nanoTime();
        if (committed.isEmpty() || now - last < intervalNanos || !busy.compareAndSet(false, true)) {
            return;
        }
        last = now;
        Map<TopicPartition, RecordsToDelete> finished = new HashMap<>();
        committed.forEach((partition, offset) ->
                finished.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)));
        committed.clear();
        Thread.ofVirtual().name("landfall-trim-" + topic).start(() -> {
            try {
                delete(finished);
            } finally {
                busy.set(false);
            }
        });
    }

    private void delete(Map<TopicPartition, RecordsToDelete> finished) {
        Admin admin;
        try {
            admin = clients.admin("trim-" + topic);
        } catch (KafkaException e) {
            LOG.warn(
                    "Failed to delete finished records of {}; they stay until more are finished: {}",
                    topic,
                    e.toString());
            return;
        }
        try {
            admin.deleteRecords(finished).all().get(2 * Clients.ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.warn(
                    "Failed to delete finished records of {}; they stay until more are finished: {}",
                    topic,
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            admin.close(Duration.ZERO);
        }
    }
}
