package dev.landfall.placement;

import dev.landfall.dev.kafka.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker for all test classes that register it, and for each test a fixture with a topic prefix and a directory of its own. The
 * broker ends with the last of them.
 */
final class SharedBroker implements BeforeEachCallback, AfterEachCallback {
    private record Running(EmbeddedKafka kafka, Path directory) implements AutoCloseable {
        static Running start() {
            try {
                Path directory = Files.createTempDirectory("landfall-placement-kafka");
                return new Running(EmbeddedKafka.start(directory.resolve("kafka"), 0), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            kafka.close();
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Running running;
    private ClusterFixture nodes;

    @Override
    public void beforeEach(ExtensionContext context) {
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Running.class, type -> Running.start(), Running.class);
        nodes = another();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        nodes.close();
    }

    String bootstrap() {
        return running.kafka().bootstrap();
    }

    /** Where the nodes keep their views; their files have the prefix in their names. */
    Path directory() {
        return running.directory();
    }

    /** The nodes of this test. */
    ClusterFixture nodes() {
        return nodes;
    }

    /** One more cluster, which the test closes. */
    ClusterFixture another() {
        return new ClusterFixture(bootstrap(), directory());
    }
}
