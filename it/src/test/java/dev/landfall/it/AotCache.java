package dev.landfall.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The JDK's ahead-of-time cache for the children of the system tests: a start costs 40 % less processor time with it. Made once for each
 * build of the product, by a training run of {@code landfall dev}; where that fails, the children start without it.
 */
final class AotCache {
    private static final Duration BOUND = Duration.ofMinutes(3);

    /** Made by who needs it first; the others wait. */
    private static final class Made {
        static final List<String> OPTIONS = make();
    }

    private AotCache() {}

    /** For the JVM of a child with the product's class path. */
    static List<String> options() {
        return Made.OPTIONS;
    }

    private static List<String> make() {
        Path cache = ChildProcess.root().resolve("it/target/landfall.aot");
        try {
            if (!isCurrent(cache)) {
                train(cache);
            }
            return with("-XX:AOTCache=" + cache);
        } catch (IOException | RuntimeException | AssertionError e) {
            System.out.println("The children start without an AOT cache: " + e);
            return List.of();
        }
    }

    /** Classes only: the JDK warns, on standard output, of compiled stubs in its cache that do not fit. */
    private static List<String> with(String option) {
        return List.of(
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-AOTAdapterCaching",
                "-XX:-AOTStubCaching",
                "-Xlog:disable",
                option);
    }

    private static boolean isCurrent(Path cache) throws IOException {
        if (!Files.exists(cache)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(cache);
        try (Stream<Path> jars = Files.list(ChildProcess.lib())) {
            for (Path jar : jars.toList()) {
                if (Files.getLastModifiedTime(jar).compareTo(made) > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void train(Path cache) throws IOException {
        long start = System.nanoTime();
        Path dir = Files.createTempDirectory("training");
        Path ready = dir.resolve("ready.json");
        Path fresh = cache.resolveSibling("landfall.aot.new");
        Files.deleteIfExists(fresh);
        List<String> arguments = List.of(
                "dev",
                "--targets",
                "1",
                "--port",
                "0",
                "--data",
                dir.resolve("dev").toString(),
                "--ready-file",
                ready.toString());
        try (ChildProcess child = ChildProcess.javaWith(
                "training run",
                dir.resolve("log"),
                with("-XX:AOTCacheOutput=" + fresh),
                Map.of(),
                "dev.landfall.dev.Landfall",
                arguments)) {
            child.awaitReady(BOUND, () -> Files.exists(ready));
            child.stop(BOUND);
        } finally {
            remove(dir);
        }
        Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
        System.out.printf("AOT cache made in %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
