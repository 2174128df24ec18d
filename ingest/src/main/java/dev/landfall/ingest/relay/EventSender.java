package dev.landfall.ingest.relay;

import dev.landfall.model.ObjectEvent;
import dev.landfall.model.Topics;
import dev.landfall.targets.OutboxEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One idempotent producer at a time. A batch is retried for as long as it takes. When one fails for good, the producer is closed at
 * once, in its own thread, before it can send what comes after: so the topic never shows a later event of a partition before an earlier.
 */
final class EventSender {
    private final Map<String, Object> properties;
    private final Topics topics;
    private final Counter changes;
    private final Counter outcomes;
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private volatile @Nullable Exception failure;

    EventSender(Map<String, String> kafka, Topics topics, MeterRegistry metrics) {
        this.properties = properties(kafka);
        this.topics = topics;
        this.changes = sent(metrics, "objects");
        this.outcomes = sent(metrics, "results");
    }

    private static Counter sent(MeterRegistry metrics, String topic) {
        return Counter.builder("landfall.events.sent")
                .description("Events that Kafka has acknowledged")
                .tag("topic", topic)
                .register(metrics);
    }

    private static Map<String, Object> properties(Map<String, String> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.putIfAbsent("client.id", "landfall-relay");
        properties.putIfAbsent("linger.ms", "5");
        properties.putIfAbsent("batch.size", "65536");
        properties.putIfAbsent("max.block.ms", "5000");
        properties.putIfAbsent("reconnect.backoff.ms", "200");
        properties.putIfAbsent("reconnect.backoff.max.ms", "5000");
        properties.putIfAbsent("retry.backoff.max.ms", "2000");
        properties.put("enable.idempotence", "true");
        properties.put("acks", "all");
        properties.put("max.in.flight.requests.per.connection", "5");
        properties.put("retries", Integer.toString(Integer.MAX_VALUE));
        properties.put("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE));
        return properties;
    }

    /**
     * Hands an entry to the producer.
     *
     * @param acknowledged called from the producer's thread
     * @return false when it was not taken: Kafka has not been reached yet, or this sender has {@link #failed}
     */
    boolean send(OutboxEntry entry, Runnable acknowledged) {
        if (failed()) {
            return false;
        }
        ObjectEvent event = entry.event();
        var record = new ProducerRecord<>(
                event.type().isChange() ? topics.objects() : topics.results(),
                entry.partition(),
                event.time().toEpochMilli(),
                event.key().toBytes(),
                event.toJson(entry.partition()));
        event.headers(entry.partition())
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        Thread caller = Thread.currentThread();
        boolean[] refused = new boolean[1]; // written only by the caller's thread
        boolean[] returned = new boolean[1];
        try {
            Producer<byte[], byte[]> current = producer();
            current.send(record, (metadata, error) -> {
                if (error == null) {
                    (event.type().isChange() ? changes : outcomes).increment();
                    acknowledged.run();
                } else if (Thread.currentThread() == caller && !returned[0]) {
                    refused[0] = true;
                    if (!(error instanceof TimeoutException)) {
                        fail(current, error);
                    }
                } else {
                    fail(current, error);
                }
            });
        } catch (TimeoutException e) {
            return false;
        } catch (KafkaException | IllegalStateException e) {
            Producer<byte[], byte[]> current = producer;
            if (current != null) {
                fail(current, e);
            } else {
                failure = e;
            }
            return false;
        }
        returned[0] = true;
        return !refused[0];
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            current = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
            producer = current;
        }
        return current;
    }

    private void fail(Producer<byte[], byte[]> failed, Exception error) {
        if (producer == failed && failure == null) {
            failure = error;
            failed.close(Duration.ZERO);
        }
    }

    boolean failed() {
        return failure != null;
    }

    String failure() {
        Exception error = failure;
        return error == null ? "" : error.getClass().getSimpleName() + ": " + error.getMessage();
    }

    /** After a failure: the next {@link #send} makes a new producer. */
    void renew() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        failure = null;
        if (old != null) {
            old.close(Duration.ZERO);
        }
    }

    void close() {
        Producer<byte[], byte[]> current = producer;
        if (current != null && failure == null) {
            failure = new IllegalStateException("closed");
            current.close(Duration.ofSeconds(2));
        }
    }
}
