package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectEvent;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
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
        var out = spec.commandLine().getOut();
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
                        show(event, out);
                    }
                }
                out.flush();
            }
        }
        return 0;
    }

    private static void show(ConsumerRecord<String, byte[]> message, PrintWriter out) {
        ObjectEvent event = ObjectEvent.parse(message.value());
        out.printf(
                "%s %-20s %12d %s %s%n",
                event.time(), event.type().wire(), event.size(), event.generation(), event.key());
    }

    private JsonNode fromServer() {
        try (var client = server.connect()) {
            return client.cluster().path("kafka");
        }
    }
}
