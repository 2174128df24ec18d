package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.dev.s3.S3Process;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/deploy.md, with its files as they stand there; only addresses and directories are those of the test. */
class DeployWalkthroughTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern SED = Pattern.compile("^sed '(.*)' n1.yaml > (n[23]).yaml$", Pattern.MULTILINE);
    private static final Pattern YAML = Pattern.compile("`n1\\.yaml`:\\s+```yaml\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path dir;

    private final List<AutoCloseable> running = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : running.reversed()) {
            one.close();
        }
    }

    @Test
    void threeNodesOnOneMachineWithKafkaInAnotherProcess() throws Exception {
        KafkaUnderTest kafka = KafkaUnderTest.start(dir.resolve("kafka"));
        running.add(kafka);
        S3Process s3 = S3Process.start(dir.resolve("s3"), 0, Duration.ZERO);
        running.add(s3);
        Map<String, String> secrets = Map.of("S3_ACCESS_KEY", s3.accessKey(), "S3_SECRET_KEY", s3.secretKey());

        List<Api> nodes = new ArrayList<>();
        for (Map.Entry<String, String> file : documented().entrySet()) {
            int http = TestCluster.freePort();
            int peer = TestCluster.freePort();
            String yaml = file.getValue()
                    .replace("/var/lib/landfall", dir.toString())
                    .replaceAll("http: \\{port: \\d+}", "http: {port: " + http + "}")
                    .replaceAll("peer: \\{port: \\d+}", "peer: {port: " + peer + "}")
                    .replace("localhost:9092", kafka.bootstrap())
                    .replaceAll("endpoint: .*", "endpoint: " + s3.endpoint() + "\n    pathStyle: true")
                    .replaceAll("region: .*", "region: " + s3.region());
            Path config = Files.writeString(dir.resolve(file.getKey() + ".yaml"), yaml);
            ChildProcess node = ChildProcess.java(
                    file.getKey(),
                    dir.resolve(file.getKey() + ".log"),
                    List.of("-Xmx256m"),
                    secrets,
                    "dev.landfall.dev.Landfall",
                    List.of("node", "--config", config.toString()));
            running.add(node);
            nodes.add(new Api(URI.create("http://127.0.0.1:" + http)));
            if (nodes.size() == 3) {
                nodes.forEach(api -> node.awaitReady(SOON, () -> isReady(api)));
            }
        }

        use(kafka, s3, nodes);
        for (AutoCloseable one : running) {
            if (one instanceof ChildProcess node) {
                assertThat(node.stop(Duration.ofSeconds(30))).as(node.output()).isZero();
            }
        }
    }

    private void use(KafkaUnderTest kafka, S3Process s3, List<Api> nodes) {
        byte[] cat = Bytes.random(1, 250_000);
        try (S3Side remote = S3Side.connect(s3.endpoint(), s3.region(), s3.accessKey(), s3.secretKey())
                .withBucket("my-bucket")) {
            nodes.get(0).asyncBucket("photos", "s3://my-bucket/photos");
            nodes.get(0).put("photos", "cat.jpg", cat).expect(200);
            assertThat(nodes.get(2).get("photos", "cat.jpg").expect(200).body()).isEqualTo(cat);
            nodes.get(1).flush("photos", SOON);
            assertThat(remote.bytes("my-bucket", "photos/cat.jpg")).isEqualTo(cat);
        }
        assertThat(Keys.partitions(nodes.get(1).cluster())).isEqualTo(128);
        assertThat(nodes.get(1).cluster().path("nodes")).hasSize(3);
        try (Topic topic = Topic.open(kafka.bootstrap(), Topic.OBJECTS)) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(topic.read("photos")).hasSize(1));
        }
    }

    /** n1's file, and those that the sed commands make of it. */
    private static Map<String, String> documented() throws IOException {
        String page = Files.readString(ChildProcess.root().resolve("docs/deploy.md"));
        Matcher yaml = YAML.matcher(page);
        assertThat(yaml.find()).isTrue();
        Map<String, String> files = new java.util.TreeMap<>(Map.of("n1", yaml.group(1)));
        Matcher sed = SED.matcher(page);
        while (sed.find()) {
            files.put(sed.group(2), substitute(yaml.group(1), sed.group(1)));
        }
        assertThat(files).containsOnlyKeys("n1", "n2", "n3");
        return files;
    }

    private static String substitute(String text, String script) {
        String result = text;
        for (String command : script.split("; ")) {
            String[] parts = command.split(Pattern.quote(command.substring(1, 2)), -1);
            result = result.replace(parts[1], parts[2]);
        }
        assertThat(result).isNotEqualTo(text);
        return result;
    }

    private static boolean isReady(Api api) {
        try {
            return api.send("GET", "/health/ready", null).status() == 200;
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
    }
}
