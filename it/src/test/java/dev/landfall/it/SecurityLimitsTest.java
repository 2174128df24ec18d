package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node refuses as long as it cannot tell who is asking. */
@OnSharedCluster
class SecurityLimitsTest {
    private static TestCluster cluster;
    private static Api api;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start(TestCluster shared) {
        cluster = shared;
        api = cluster.api(0).bucket("secure", "{}");
    }

    @Test
    void aNodeRefusesToListenBeyondTheLoopback() throws IOException {
        for (String section : List.of("http", "peer")) {
            Path config = Files.writeString(
                    dir.resolve(section + ".yaml"), """
                    node: {id: open}
                    data: %s
                    %s: {host: 0.0.0.0, port: 0}
                    kafka: {bootstrap.servers: "%s"}
                    """.formatted(dir.resolve("data"), section, cluster.kafka()));
            try (ChildProcess node = ChildProcess.java(
                    "node open",
                    dir.resolve(section + ".log"),
                    List.of("-Xmx128m"),
                    Map.of(),
                    "dev.landfall.dev.Landfall",
                    List.of("node", "--config", config.toString()))) {
                assertThat(node.awaitExit(Duration.ofSeconds(30)))
                        .as(node.output())
                        .isNotZero();
                assertThat(node.output()).containsIgnoringCase("127.0.0.1");
            }
        }
    }

    @Test
    void nodesListenOnTheLoopbackOnly() throws IOException {
        URI base = api.base();
        assertThat(base.getHost()).isEqualTo("127.0.0.1");
        // State 0A is LISTEN; 0100007F is 127.0.0.1.
        String port = String.format("%04X", base.getPort());
        List<String> listening = new ArrayList<>();
        for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
            if (Files.exists(table)) {
                Files.readAllLines(table).stream()
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields[3].equals("0A") && fields[1].endsWith(":" + port))
                        .forEach(fields -> listening.add(fields[1]));
            }
        }
        assertThat(listening).isNotEmpty().allMatch(address -> address.endsWith("0100007F:" + port));
    }

    @Test
    void promoteReadsOnlyBelowItsRoots() throws IOException {
        Path inbox =
                Files.createDirectories(cluster.data(0).resolveSibling("inbox").resolve("secure"));
        Path secret = Files.writeString(
                Files.createDirectories(dir.resolve("secrets")).resolve("key"), "secret");
        Path link = Files.createSymbolicLink(inbox.resolve("link"), secret.getParent());
        try {
            for (Path outside : List.of(
                    secret.getParent(),
                    secret,
                    Path.of("/etc"),
                    link,
                    link.resolve("key"),
                    Path.of(inbox + "/../../" + cluster.id(0)))) {
                BadInputTest.refused(
                        api.send(
                                "POST",
                                "/api/v1/jobs",
                                Jobs.promote("secure", outside, "").getBytes(StandardCharsets.UTF_8)),
                        ErrorCode.PROMOTE_OUTSIDE_ROOTS);
            }
            // Below the root, but the files lead out of it.
            Files.writeString(inbox.resolve("fine"), "fine");
            Jobs.awaitDone(api, Jobs.submit(api, Jobs.promote("secure", inbox, "")));
            assertThat(api.list("secure", "")).containsExactly("fine");
        } finally {
            Files.delete(link);
            Files.deleteIfExists(inbox.resolve("fine"));
            api.delete("secure", "fine");
        }
    }

    @Test
    void commandsNeedToBeAllowed() {
        String topology = """
                version: 1
                transforms:
                  touch: {exec: [touch, %s]}
                pipelines:
                  p:
                    from: {bucket: secure, match: "x*"}
                    via: [touch]
                    to: {bucket: secure, name: "y/{name}"}
                """.formatted(dir.resolve("touched"));
        BadInputTest.refused(
                api.send(
                        "PUT",
                        "/api/v1/topologies/forbidden",
                        topology.getBytes(StandardCharsets.UTF_8),
                        "Content-Type",
                        "application/yaml"),
                ErrorCode.EXEC_NOT_ALLOWED);
        BadInputTest.refused(api.send("GET", "/api/v1/topologies/forbidden", null), ErrorCode.NO_SUCH_TOPOLOGY);
        assertThat(dir.resolve("touched")).doesNotExist();
    }
}
