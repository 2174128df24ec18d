package dev.landfall.it;

import dev.landfall.dev.kafka.EmbeddedKafka;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The Kafka that system tests run against: in this process, or Apache's image through Testcontainers. {@code -Dkafka=embedded|container|auto};
 * {@code auto} (the default) takes the container when an engine answers and has the image.
 */
interface KafkaUnderTest extends AutoCloseable {
    DockerImageName IMAGE = DockerImageName.parse("apache/kafka:4.3.1");

    String bootstrap();

    @Override
    void close();

    static KafkaUnderTest start(Path directory) {
        String wanted = System.getProperty("kafka", "auto");
        boolean container = switch (wanted) {
            case "embedded" -> false;
            case "container" -> true;
            case "auto" -> containerIsThere();
            default -> throw new IllegalArgumentException("-Dkafka must be embedded, container or auto");
        };
        System.out.println("Kafka of the system tests: " + (container ? "container " + IMAGE : "embedded"));
        return container ? new InContainer() : new Embedded(EmbeddedKafka.start(directory, 0));
    }

    private static boolean containerIsThere() {
        try {
            var factory = DockerClientFactory.instance();
            return factory.isDockerAvailable()
                    && factory.client().listImagesCmd().exec().stream()
                            .anyMatch(image -> image.getRepoTags() != null
                                    && java.util.List.of(image.getRepoTags()).contains(IMAGE.asCanonicalNameString()));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** A broker in this process. */
    record Embedded(EmbeddedKafka broker) implements KafkaUnderTest {
        @Override
        public String bootstrap() {
            return broker.bootstrap();
        }

        @Override
        public void close() {
            broker.close();
        }
    }

    /** Apache's image. */
    final class InContainer implements KafkaUnderTest {
        private final KafkaContainer container = new KafkaContainer(IMAGE);

        InContainer() {
            container.start();
        }

        @Override
        public String bootstrap() {
            return container.getBootstrapServers();
        }

        @Override
        public void close() {
            container.stop();
        }
    }
}
