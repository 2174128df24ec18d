package dev.landfall.dev;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A node in a child process: {@code landfall node} with this process's class path. It ends with this process, however that ends. */
final class ChildNode implements RunningNode {
    private final String id;
    private final Process process;
    private final URI http;
    private final URI s3;
    private final URI peer;
    private final Path log;
    private volatile boolean stopping;

    private ChildNode(String id, Process process, URI http, URI s3, URI peer, Path log) {
        this.s3 = s3;
        this.id = id;
        this.process = process;
        this.log = log;
        this.http = http;
        this.peer = peer;
    }

    /** Returns when the node says that it is ready. */
    static ChildNode start(String id, Path config, List<String> jvm, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Landfall.class.getName()));
        command.addAll(List.of("node", "--config", config.toString(), "--child"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        String line;
        try {
            line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        if (line == null) {
            process.destroyForcibly();
            throw new IllegalStateException("The node " + id + " did not start: " + lastWords(log));
        }
        JsonNode ready = Json.tree(line.getBytes(StandardCharsets.UTF_8));
        return new ChildNode(
                id,
                process,
                URI.create(ready.path("http").asText()),
                URI.create(ready.path("s3").asText()),
                URI.create(ready.path("peer").asText()),
                log);
    }

    private static String lastWords(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return (lines.isEmpty() ? "it said nothing" : lines.getLast()) + " (see " + log + ")";
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public URI http() {
        return http;
    }

    @Override
    public URI s3() {
        return s3;
    }

    @Override
    public URI peer() {
        return peer;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void onUnexpectedEnd(Consumer<String> tell) {
        process.onExit().thenAccept(ended -> {
            if (!stopping) {
                tell.accept("The node " + id + " (process " + ended.pid() + ") ended by itself with status "
                        + ended.exitValue() + "; its log is " + log);
            }
        });
    }

    @Override
    public Path log() {
        return log;
    }

    @Override
    public boolean stop(Duration grace) {
        stopping = true;
        if (!process.isAlive()) {
            return process.exitValue() == 0;
        }
        process.toHandle()
                .destroy(); // Process.destroy would close its standard input as well, which means: end at once.
        try {
            if (process.waitFor(grace.toMillis() + 3_000, TimeUnit.MILLISECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
