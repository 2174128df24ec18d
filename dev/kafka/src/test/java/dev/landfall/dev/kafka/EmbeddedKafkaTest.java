package dev.landfall.dev.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    private static final TopicPartition TOPIC = new TopicPartition("things", 0);

    @TempDir
    Path directory;

    @Test
    void recordsSurviveARestartOnTheSamePort() throws Exception {
        String bootstrap;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            bootstrap = kafka.bootstrap();
            createTopic(bootstrap);
            produce(bootstrap, "one");
            assertThat(consume(bootstrap, 1)).containsExactly("one");
            assertThatThrownBy(() -> EmbeddedKafka.start(
                            directory, Integer.parseInt(bootstrap.split(":")[1])))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is taken");
        }

        try (EmbeddedKafka again = EmbeddedKafka.start(directory, 0)) {
            assertThat(again.bootstrap()).isEqualTo(bootstrap);
            produce(bootstrap, "two");
            assertThat(consume(bootstrap, 2)).containsExactly("one", "two");
        }
    }

    @Test
    void aSecondBrokerInTheDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no other process uses the directory");
            createTopic(kafka.bootstrap());
            produce(kafka.bootstrap(), "one");
            assertThat(consume(kafka.bootstrap(), 1)).containsExactly("one");
        }
    }

    @Test
    void acknowledgedRecordsSurviveAKill() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledBroker.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isEqualTo("acknowledged");
        } finally {
            child.destroyForcibly().waitFor();
        }

        try (EmbeddedKafka again = EmbeddedKafka.start(directory, 0)) {
            assertThat(consume(again.bootstrap(), KilledBroker.RECORDS))
                    .hasSize(KilledBroker.RECORDS)
                    .startsWith("record-0");
        }
    }

    /** Ends only by being killed. */
    static final class KilledBroker {
        static final int RECORDS = 200;

        public static void main(String[] args) throws Exception {
            EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), 0);
            createTopic(kafka.bootstrap());
            String[] values = new String[RECORDS];
            Arrays.setAll(values, i -> "record-" + i);
            produce(kafka.bootstrap(), values);
            System.out.println("acknowledged");
            Thread.sleep(60_000);
            System.exit(1);
        }
    }

    private static void createTopic(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void produce(String bootstrap, String... values) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(TOPIC.topic(), value)).get();
            }
        }
    }

    private static List<String> consume(String bootstrap, int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(TOPIC));
            consumer.seekToBeginning(List.of(TOPIC));
            List<String> values = new ArrayList<>();
            for (int i = 0; i < 30 && values.size() < count; i++) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(each.value());
                }
            }
            return values;
        }
    }
}
