package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One node for all test classes that register it, and a bucket of its own for each test. The node ends with the last of them. */
final class SharedNode implements BeforeEachCallback {
    /** What its classes lock: some look at everything that the node has. */
    static final String LOCK = "the shared node";

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private record Running(TestNode node, Path directory) implements AutoCloseable {
        static Running start() {
            try {
                Path directory = Files.createTempDirectory("landfall-ingest-node");
                var state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1"));
                return new Running(TestNode.start(new FakeCluster(state, "n1"), directory), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            node.close();
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Running running;
    private String bucket;

    @Override
    public void beforeEach(ExtensionContext context) {
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Running.class, type -> Running.start(), Running.class);
        bucket = "bucket-" + BUCKETS.incrementAndGet();
        assertThat(Http.put(url("/api/v1/buckets/" + bucket), "{}").status()).isEqualTo(200);
    }

    TestNode node() {
        return running.node();
    }

    String bucket() {
        return bucket;
    }

    String url(String path) {
        return node().url(path);
    }

    /** The URL of an object in this test's bucket. */
    String at(String name) {
        return url("/api/v1/objects/" + bucket + "/" + name);
    }

    /** The data files of all objects. Those that an earlier test replaced may still be going away. */
    Set<Path> files() {
        return TestNode.dataFiles(running.directory());
    }
}
