package dev.landfall.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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
                return new Running(
                        directory,
                        TestCluster.start(
                                directory,
                                TestCluster.Options.USUAL.with("promoteRoots: [" + directory.resolve("inbox") + "]")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            cluster.close();
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
