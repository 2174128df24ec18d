package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One usual {@link TestCluster} for every test class that takes it as a parameter; it ends with the run. Leave it healthy. */
final class SharedCluster implements ParameterResolver {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(SharedCluster.class);

    private record Running(Path directory, TestCluster cluster) implements AutoCloseable {
        static Running start() {
            try {
                Path directory = Files.createTempDirectory("shared-cluster");
                TestCluster cluster = TestCluster.start(
                        directory,
                        TestCluster.Options.USUAL
                                .with("promoteRoots: [" + directory.resolve("inbox") + "]")
                                .with("limits: {sweepInterval: 500ms}"));
                letEveryNodeProbeS3(cluster);
                return new Running(directory, cluster);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Each node looks once, with an object of its own, what its endpoint can do; that is over before a test injects a fault. */
        private static void letEveryNodeProbeS3(TestCluster cluster) {
            try (S3Side s3 = cluster.s3()) {
                s3.withBucket("remote");
            }
            Api api = cluster.api(0)
                    .bucket("probe", "{\"writeback\":{\"mode\":\"sync\",\"remote\":\"s3://remote/probe\"}}");
            for (int node = 0; node < cluster.size(); node++) {
                int each = node;
                String name = cluster.nameOwnedBy(node, "probe", "x");
                api.put("probe", name, new byte[10]).expect(200);
                await("node " + node + " knows its endpoint")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> cluster.output(each).contains("conditions on PUT"));
                api.delete("probe", name).expect(204);
            }
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            List<String> disagreements = cluster.disagreements();
            remove();
            assertThat(disagreements)
                    .as("what the stores hold after all these tests")
                    .isEmpty();
        }

        private void remove() throws IOException {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(HERE)
                .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class)
                .cluster();
    }
}
