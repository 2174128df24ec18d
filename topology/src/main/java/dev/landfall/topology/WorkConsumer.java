package dev.landfall.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partitions of a work topic that this node owns, on one thread, and remembers what is finished. A record is handed on once; it
 * is handed on again, here or at another node, after a restart or a change of owner that came before it was finished.
 */
final class WorkConsumer implements AutoCloseable {
    /** Told on the consumer's thread; must not block. */
    interface Handler {
        void accept(ConsumerRecord<byte[], byte[]> record, Ticket ticket);

        /** Whether nothing more should be handed on for now. {@link WorkConsumer#wake} tells that this may have changed. */
        boolean isFull();

        /** The partition is not this node's any more: what is unfinished is to be given up. */
        void lost(int partition);
    }

    /** A record that was handed on. */
    interface Ticket {
        int partition();

        /** From any thread, once. */
        void finish();
    }

    private static final Logger LOG = LoggerFactory.getLogger(WorkConsumer.class);
    private static final Duration BUSY_POLL = Duration.ofMillis(100);
    private static final Duration IDLE_POLL = Duration.ofSeconds(5);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final long COMMIT_NANOS = Duration.ofMillis(200).toNanos();

    /** Kafka forgets a place that was not committed for a week, whatever becomes of the others of its group. */
    private static final long RENEW_NANOS = Duration.ofHours(12).toNanos();

    private final String topic;
    private final Handler handler;
    private final Map<Integer, Place> places = new ConcurrentHashMap<>();
    private final Thread thread;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private volatile Set<Integer> wanted;
    private volatile boolean closed;
    private boolean troubled;
    private Set<TopicPartition> beginAgain = Set.of();
    private final WorkTrimmer trimmer;
    private long lastCommit = System.nanoTime();

    private static final class Place {
        final OffsetTracker tracker;
        OffsetAndMetadata committed;
        /** In Kafka's eyes; meaningless until the first commit, which is due at once. */
        long renewed;

        boolean mustRenew = true;
        int open;

        Place(OffsetTracker tracker, OffsetAndMetadata committed) {
            this.tracker = tracker;
            this.committed = committed;
        }
    }

    private WorkConsumer(
            String name,
            String topic,
            Set<Integer> partitions,
            KafkaConsumer<byte[], byte[]> consumer,
            Handler handler,
            WorkTrimmer trimmer) {
        this.topic = topic;
        this.trimmer = trimmer;
        this.handler = handler;
        this.wanted = Set.copyOf(partitions);
        this.consumer = consumer;
        this.thread = Thread.ofPlatform().daemon().name("landfall-" + name).unstarted(this::run);
    }

    static WorkConsumer start(
            String name,
            String topic,
            Set<Integer> partitions,
            KafkaConsumer<byte[], byte[]> consumer,
            Handler handler,
            WorkTrimmer trimmer) {
        var work = new WorkConsumer(name, topic, partitions, consumer, handler, trimmer);
        work.thread.start();
        return work;
    }

    /** From any thread. */
    void own(Set<Integer> partitions) {
        wanted = Set.copyOf(partitions);
        wake();
    }

    void wake() {
        consumer.wakeup();
    }

    private void run() {
        while (!closed) {
            try {
                turn();
                troubled = false;
            } catch (WakeupException e) {
                // There is something to look at: the next turn does.
            } catch (OffsetOutOfRangeException e) {
                LOG.error(
                        "Items of {} are gone from Kafka before they were done: the places {} do not exist any more; going on with the"
                                + " oldest items there are",
                        topic,
                        e.offsetOutOfRangePartitions());
                beginAgain = Set.copyOf(e.offsetOutOfRangePartitions().keySet());
            } catch (KafkaException e) {
                recover(e);
            } catch (RuntimeException e) {
                LOG.error("Reading {} failed; reading again from the last places", topic, e);
                for (int partition : Set.copyOf(places.keySet())) {
                    places.remove(partition);
                    handler.lost(partition);
                }
                sleep(Duration.ofSeconds(1));
            }
        }
        finish();
    }

    private void turn() {
        followOwnership();
        leaveLostPlaces();
        if (consumer.assignment().isEmpty()) {
            sleep(BUSY_POLL);
            return;
        }
        boolean full = handler.isFull();
        if (full) {
            consumer.pause(consumer.assignment());
        } else {
            consumer.resume(consumer.paused());
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(isBusy() ? BUSY_POLL : IDLE_POLL);
        for (TopicPartition partition : records.partitions()) {
            Place place = places.get(partition.partition());
            if (place != null) {
                handOn(place, records.records(partition));
            }
        }
        for (Map.Entry<TopicPartition, OffsetAndMetadata> next :
                records.nextOffsets().entrySet()) {
            Place place = places.get(next.getKey().partition());
            if (place != null) {
                synchronized (place) {
                    place.tracker.passedTo(next.getValue().offset());
                }
            }
        }
        long now = System.nanoTime();
        if (now - lastCommit >= COMMIT_NANOS) {
            commit(CALL_TIMEOUT);
            trimmer.turn();
        }
    }

    private void handOn(Place place, List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            synchronized (place) {
                if (!place.tracker.start(record.offset())) {
                    continue;
                }
                place.open++;
            }
            handler.accept(record, ticket(place, record.partition(), record.offset()));
        }
    }

    private static Ticket ticket(Place place, int partition, long offset) {
        return new Ticket() {
            @Override
            public int partition() {
                return partition;
            }

            @Override
            public void finish() {
                synchronized (place) {
                    place.open--;
                    place.tracker.finish(offset);
                }
            }
        };
    }

    private boolean isBusy() {
        return places.values().stream().anyMatch(place -> {
            synchronized (place) {
                return place.mustRenew
                        || place.open > 0
                        || place.tracker.lowestUnfinished() != place.committed.offset();
            }
        });
    }

    private void followOwnership() {
        Set<Integer> now = wanted;
        if (now.equals(places.keySet())) {
            return;
        }
        Set<TopicPartition> gained = new HashSet<>();
        Set<TopicPartition> placeless = new HashSet<>();
        now.stream().filter(p -> !places.containsKey(p)).forEach(p -> gained.add(new TopicPartition(topic, p)));
        Map<TopicPartition, OffsetAndMetadata> committed =
                gained.isEmpty() ? Map.of() : consumer.committed(gained, CALL_TIMEOUT);
        for (int partition : Set.copyOf(places.keySet())) {
            if (!now.contains(partition)) {
                places.remove(partition);
                handler.lost(partition);
            }
        }
        consumer.assign(now.stream().map(p -> new TopicPartition(topic, p)).toList());
        gained.stream().filter(p -> committed.get(p) == null).forEach(placeless::add);
        Map<TopicPartition, Long> oldest =
                placeless.isEmpty() ? Map.of() : consumer.beginningOffsets(placeless, CALL_TIMEOUT);
        tellOfLostPlaces(oldest);
        for (TopicPartition partition : gained) {
            OffsetAndMetadata place = committed.get(partition);
            if (place == null) {
                place = new OffsetAndMetadata(oldest.getOrDefault(partition, 0L));
            }
            consumer.seek(partition, place.offset());
            places.put(partition.partition(), new Place(new OffsetTracker(place.offset(), place.metadata()), place));
        }
    }

    /** The topic of a new topology begins at 0: what begins later has been worked on before. */
    private void tellOfLostPlaces(Map<TopicPartition, Long> oldest) {
        if (oldest.values().stream().allMatch(offset -> offset == 0)) {
            return;
        }
        consumer.endOffsets(oldest.keySet(), CALL_TIMEOUT).forEach((partition, end) -> {
            long begin = oldest.getOrDefault(partition, 0L);
            if (begin > 0 && end > begin) {
                LOG.error(
                        "The place in {} is lost; going on with the oldest record there is, {} of {}: finished items may run again",
                        partition,
                        begin,
                        end);
            }
        });
    }

    private void leaveLostPlaces() {
        if (beginAgain.isEmpty()) {
            return;
        }
        consumer.beginningOffsets(beginAgain, CALL_TIMEOUT).forEach((partition, offset) -> {
            handler.lost(partition.partition());
            consumer.seek(partition, offset);
            var place = new OffsetAndMetadata(offset);
            places.put(partition.partition(), new Place(new OffsetTracker(offset, ""), place));
        });
        beginAgain = Set.of();
    }

    private void commit(Duration timeout) {
        long began = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        places.forEach((partition, place) -> {
            synchronized (place) {
                var now = new OffsetAndMetadata(place.tracker.lowestUnfinished(), place.tracker.metadata());
                if (place.mustRenew
                        || began - place.renewed >= RENEW_NANOS
                        || now.offset() != place.committed.offset()
                        || !now.metadata().equals(place.committed.metadata())) {
                    due.put(new TopicPartition(topic, partition), now);
                }
            }
        });
        if (!due.isEmpty()) {
            consumer.commitSync(due, timeout);
            due.forEach((partition, now) -> {
                Place place = places.get(partition.partition());
                if (place != null) {
                    synchronized (place) {
                        place.committed = now;
                        place.renewed = began;
                        place.mustRenew = false;
                    }
                    trimmer.committed(partition.partition(), now.offset());
                }
            });
            lastCommit = System.nanoTime();
        }
    }

    private void recover(RuntimeException e) {
        if (!troubled && !closed) {
            LOG.warn("Reading {} does not work; trying again until it does: {}", topic, e.toString());
        }
        troubled = true;
        sleep(Duration.ofSeconds(1));
    }

    private void sleep(Duration duration) {
        for (long end = System.nanoTime() + duration.toNanos(); !closed && System.nanoTime() < end; ) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    private void finish() {
        try {
            try {
                commit(Duration.ofMillis(500));
            } catch (WakeupException e) {
                commit(Duration.ofMillis(500));
            }
        } catch (RuntimeException e) {
            LOG.debug("The last places of {} were not committed; some items will run again", topic, e);
        }
        consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
    }

    /** Returns when the last places are committed, or after two seconds. */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
