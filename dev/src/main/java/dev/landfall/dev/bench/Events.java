package dev.landfall.dev.bench;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the events on the topic, and knows when the nodes have none left to send. */
record Events(String bootstrap, String topic, List<URI> doors) {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** Events that the topic has taken since it was made. */
    long count() {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 20_000);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    /**
     * Waits until no node has an event left to send.
     *
     * @throws IllegalStateException when it takes too long, or when the topic has not taken exactly {@code puts} since it had {@code before}
     */
    void check(long before, long puts) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (outbox() > 0) {
            if (System.nanoTime() - end >= 0) {
                throw new IllegalStateException("Events still wait to be sent " + LONGEST.toSeconds()
                        + " s after the last PUT; is Kafka reachable for the nodes?");
            }
            pause();
        }
        long events = count() - before;
        if (events != puts) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT, "The topic has %d events of %d acknowledged PUTs: nothing is measured", events, puts));
        }
    }

    private double outbox() {
        double depth = 0;
        for (URI door : doors) {
            try (HttpConnection connection = HttpConnection.to(door)) {
                depth += connection
                        .text("/metrics")
                        .lines()
                        .filter(line -> line.startsWith("landfall_outbox_depth"))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(
                                "The node at " + door + " has no relay; without events nothing is measured"));
            } catch (IOException e) {
                throw new IllegalStateException("The node at " + door + " does not answer", e);
            }
        }
        return depth;
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }
}
