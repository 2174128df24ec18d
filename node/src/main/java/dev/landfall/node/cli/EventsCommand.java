package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectEvent;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "events",
        description =
                "Shows the changes of objects as they arrive in Kafka: time, event, size, generation and key. Ctrl-C ends it.",
        mixinStandardHelpOptions = true)
public final class EventsCommand implements Callable<Integer> {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "the brokers; default: those the server names")
    private @Nullable String kafka;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "default: the one the server names")
    private @Nullable String topic;

    @Option(names = "--from-beginning", description = "what Kafka still has, too")
    private boolean fromBeginning;

    @Option(names = "--max", paramLabel = "N", description = "ends after so many")
    private long max = Long.MAX_VALUE;

    @Override
    public Integer call() {
        JsonNode named = kafka != null && topic != null ? Json.mapper().missingNode() : fromServer();
        String brokers = kafka != null ? kafka : named.path("bootstrap").asText();
        String topic = this.topic != null ? this.topic : named.path("objects").asText();
        Map<String, Object> settings = Map.of("bootstrap.servers", brokers);
        try {
            show(settings, topic, spec.commandLine().getOut());
        } catch (KafkaException e) {
            Throwable reason = e.getCause() instanceof KafkaException inner ? inner : e;
            throw new LandfallException(
                    ErrorCode.CLUSTER_UNAVAILABLE,
                    "Failed to read the topic " + topic + " at " + brokers + ": " + reason.getMessage(),
                    e);
        }
        return 0;
    }

    private void show(Map<String, Object> settings, String topic, PrintWriter out) {
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> found = consumer.partitionsFor(topic, Duration.ofSeconds(10));
            if (found.isEmpty()) {
                throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "Kafka has no topic " + topic);
            }
            List<TopicPartition> partitions = found.stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
            }
            for (long shown = 0; shown < max; ) {
                for (ConsumerRecord<String, byte[]> event : consumer.poll(Duration.ofMillis(500))) {
                    if (shown++ < max) {
                        out.println(line(event));
                    }
                }
                out.flush();
            }
        }
    }

    /** A record that is no event of an object is shown as it is: when, its key and its value. */
    static String line(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        if (value == null) {
            value = new byte[0];
        }
        try {
            ObjectEvent event = ObjectEvent.parse(value);
            return String.format(
                    "%s %-20s %12d %s %s",
                    event.time(), event.type().wire(), event.size(), event.generation(), event.key());
        } catch (RuntimeException e) {
            String text = message.key() + " " + new String(value, StandardCharsets.UTF_8);
            return Instant.ofEpochMilli(message.timestamp()) + " "
                    + CONTROL.matcher(text).replaceAll(" ");
        }
    }

    private JsonNode fromServer() {
        try (var client = server.connect()) {
            return client.cluster().path("kafka");
        }
    }
}
