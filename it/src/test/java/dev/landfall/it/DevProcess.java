package dev.landfall.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@code landfall dev} as a user starts it, in a process of its own. */
final class DevProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(150);

    private final ChildProcess child;
    private final JsonNode ready;

    private DevProcess(ChildProcess child, JsonNode ready) {
        this.child = child;
        this.ready = ready;
    }

    /** Starts it on a directory, new or left by an earlier one, and waits until it is ready. */
    static DevProcess start(Path data, String... options) {
        Path readyFile = data.resolveSibling(data.getFileName() + ".ready.json");
        Path output = data.resolveSibling(data.getFileName() + ".log");
        List<String> arguments = new ArrayList<>(
                List.of("dev", "--data", data.toString(), "--port", "0", "--ready-file", readyFile.toString()));
        arguments.addAll(Arrays.asList(options));
        try {
            Files.deleteIfExists(readyFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ChildProcess child = ChildProcess.java(
                "landfall dev",
                output,
                List.of("-Xms320m", "-Xmx640m"),
                Map.of(),
                "dev.landfall.dev.Landfall",
                arguments);
        try {
            child.awaitReady(START, () -> Files.exists(readyFile));
            return new DevProcess(child, new ObjectMapper().readTree(readyFile.toFile()));
        } catch (IOException e) {
            child.close();
            throw new UncheckedIOException("The ready file is not JSON", e);
        } catch (AssertionError e) {
            child.close();
            throw e;
        }
    }

    URI http() {
        return URI.create(ready.path("http").asText());
    }

    String kafka() {
        return ready.path("kafka").asText();
    }

    S3Side s3() {
        JsonNode remote = ready.path("remoteS3");
        return S3Side.connect(
                URI.create(remote.path("endpoint").asText()),
                remote.path("region").asText(),
                remote.path("accessKey").asText(),
                remote.path("secretKey").asText());
    }

    JsonNode ready() {
        return ready;
    }

    List<URI> nodes() {
        List<URI> nodes = new ArrayList<>();
        ready.path("nodes")
                .forEach(node -> nodes.add(URI.create(node.path("http").asText())));
        return nodes;
    }

    List<Long> nodePids() {
        List<Long> pids = new ArrayList<>();
        ready.path("nodes").forEach(node -> pids.add(node.path("pid").asLong()));
        return pids;
    }

    long pid() {
        return child.pid();
    }

    String output() {
        return child.output();
    }

    /** SIGKILL by process id; returns when it and its children have ended. */
    void kill9() {
        child.kill9();
    }

    /** SIGTERM; the exit code. */
    int stop() {
        return child.stop(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        child.close();
    }
}
