package dev.landfall.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process of the product, started by a test: its output goes to a file, and it is always ended by its own id. */
final class ChildProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final String name;
    private final Process process;
    private final Path output;
    private final Thread hook;

    private ChildProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a class of the development distribution with this test's JDK. */
    static ChildProcess java(
            String name,
            Path output,
            List<String> jvmOptions,
            Map<String, String> environment,
            String main,
            List<String> arguments) {
        List<String> options = new ArrayList<>(AotCache.options());
        options.addAll(jvmOptions);
        return javaWith(name, output, options, environment, main, arguments);
    }

    /** As {@link #java}, without the cache. */
    static ChildProcess javaWith(
            String name,
            Path output,
            List<String> jvmOptions,
            Map<String, String> environment,
            String main,
            List<String> arguments) {
        Path lib = lib();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlandfall.s3.jvm=-XX:TieredStopAtLevel=1",
                "-Dlandfall.root=" + root(),
                "-Dlandfall.s3.lib=" + root().resolve("dev/s3/target/lib")));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", lib + "/*", main));
        command.addAll(arguments);
        return start(name, output, command, environment);
    }

    static ChildProcess start(String name, Path output, List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(name, builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to start " + name, e);
        }
    }

    /** The jars of the product. */
    static Path lib() {
        Path lib = root().resolve("dev/target/lib");
        if (!Files.isDirectory(lib)) {
            throw new IllegalStateException(lib + " is missing; run the system tests with mvn verify");
        }
        return lib;
    }

    static Path root() {
        return Path.of(System.getProperty("landfall.root"));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for a condition; fails at once, with the output, when the process ends first. */
    void awaitReady(Duration bound, BooleanSupplier ready) {
        try {
            await(name + " is ready")
                    .atMost(bound)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || ready.getAsBoolean());
        } catch (RuntimeException e) {
            throw new AssertionError(name + " was not ready within " + bound + ":\n" + tail(), e);
        }
        if (!process.isAlive()) {
            throw new AssertionError(name + " ended with " + process.exitValue() + ":\n" + tail());
        }
    }

    /** SIGKILL, and waits until it and its children have ended. Children that outlive it for long are ended here, and named. */
    void kill9() {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroyForcibly();
        waitFor(GRACE);
        List<Long> orphans = new ArrayList<>();
        for (ProcessHandle member : family) {
            if (!ended(member, GRACE)) {
                orphans.add(member.pid());
                member.destroyForcibly();
                ended(member, GRACE);
            }
        }
        if (!orphans.isEmpty()) {
            throw new AssertionError("Children " + orphans + " of " + name + " outlived it:\n" + tail());
        }
    }

    /** SIGTERM; the exit code. */
    int stop(Duration bound) {
        process.destroy();
        if (!waitFor(bound)) {
            String threads = "\n" + tail();
            process.destroyForcibly();
            throw new AssertionError(name + " did not stop within " + bound + ":" + threads);
        }
        return process.exitValue();
    }

    /** Waits for it to end by itself; the exit code. */
    int awaitExit(Duration bound) {
        if (!waitFor(bound)) {
            throw new AssertionError(name + " did not end within " + bound + ":\n" + tail());
        }
        return process.exitValue();
    }

    String output() {
        try {
            return Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tail() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    private boolean waitFor(Duration bound) {
        try {
            return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + name, e);
        }
    }

    private static boolean ended(ProcessHandle member, Duration bound) {
        return !member.onExit()
                .completeOnTimeout(member, bound.toMillis(), TimeUnit.MILLISECONDS)
                .join()
                .isAlive();
    }

    /** Ends it and its children at once; a stop in order is what {@link #stop} is for. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                List<ProcessHandle> family = process.descendants().toList();
                process.destroyForcibly();
                family.forEach(ProcessHandle::destroyForcibly);
                waitFor(GRACE);
                family.forEach(member -> ended(member, GRACE));
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
