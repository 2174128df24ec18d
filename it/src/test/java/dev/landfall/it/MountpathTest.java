package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.targets.Fsck;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The disks of a running node: one joins, another is drained, bits flip, an index is lost. */
@OnSharedCluster
@Tag("long")
class MountpathTest {
    private static final int NODE = 1;

    @Test
    void disksComeAndGoAndWhatIsBadOrLostIsMadeWholeAgain(TestCluster cluster) throws IOException {
        Api api = cluster.api(0).asyncBucket("disks", "s3://remote/disks");
        Map<String, byte[]> objects = new LinkedHashMap<>();
        for (int i = 0; i < 40; i++) {
            String name = cluster.nameOwnedBy(NODE, "disks", "o" + i);
            objects.put(name, Bytes.random(i, 3_000));
            api.put("disks", name, objects.get(name)).expect(200);
        }
        String first = mountpaths(cluster).get(0).path("path").asText();
        Path second = Files.createDirectory(cluster.data(NODE).resolveSibling("second-disk"));

        change(cluster, "POST", second);
        await("partitions move to the new disk")
                .atMost(Duration.ofSeconds(60))
                .until(() -> mountpaths(cluster).stream()
                        .allMatch(mountpath -> mountpath.path("moving").asInt() == 0
                                && mountpath.path("partitions").asInt() > 0));
        assertAllThere(cluster, objects);
        assertThat(files(second)).isNotEmpty();

        change(cluster, "DELETE", Path.of(first));
        cluster.kill9(NODE);
        cluster.restart(NODE);
        await("the old disk is drained")
                .atMost(Duration.ofSeconds(60))
                .until(() -> mountpaths(cluster).size() == 1);
        assertAllThere(cluster, objects);

        api.flush("disks", Duration.ofSeconds(40));
        var bad = objects.entrySet().iterator().next();
        Path file = files(second).stream()
                .filter(each -> Arrays.equals(read(each), bad.getValue()))
                .findFirst()
                .orElseThrow();
        byte[] flipped = bad.getValue().clone();
        flipped[1_000] ^= 1;
        Files.write(file, flipped);
        String scrub = Jobs.submit(api, "{\"kind\":\"scrub\",\"bucket\":\"disks\"}");
        JsonNode done = Jobs.awaitDone(api, scrub);
        assertThat(done.path("objects").asInt()).as("healed: %s", done).isEqualTo(1);
        assertThat(done.path("skipped").asInt()).as("good: %s", done).isEqualTo(objects.size() - 1);
        assertThat(read(second.resolve("quarantine").resolve(file.getFileName())))
                .isEqualTo(flipped);
        assertAllThere(cluster, objects);

        assertThat(cluster.stop(NODE)).isZero();
        delete(second.resolve("index"));
        Fsck.Report report = Fsck.rebuild(second);
        assertThat(report.objects()).as("%s", report).isGreaterThanOrEqualTo(objects.size());
        assertThat(report.lost()).as("%s", report).isZero();
        cluster.restart(NODE);
        cluster.awaitDecisions();
        assertAllThere(cluster, objects);
        api.flush("disks", Duration.ofSeconds(60));
    }

    private static void assertAllThere(TestCluster cluster, Map<String, byte[]> objects) {
        Api api = cluster.api(0);
        objects.forEach((name, content) ->
                assertThat(api.get("disks", name).expect(200).body()).isEqualTo(content));
        assertThat(api.list("disks", "")).containsExactlyInAnyOrderElementsOf(objects.keySet());
    }

    private static List<JsonNode> mountpaths(TestCluster cluster) {
        JsonNode nodes = cluster.api(0)
                .send("GET", "/api/v1/mountpaths", null)
                .expect(200)
                .json();
        var found = new java.util.ArrayList<JsonNode>();
        for (JsonNode node : nodes.path("nodes")) {
            if (node.path("node").asText().equals(cluster.id(NODE))) {
                node.path("mountpaths").forEach(found::add);
            }
        }
        return found;
    }

    private static void change(TestCluster cluster, String method, Path path) {
        String query =
                "?node=" + cluster.id(NODE) + "&path=" + URLEncoder.encode(path.toString(), StandardCharsets.UTF_8);
        cluster.api(0).send(method, "/api/v1/mountpaths" + query, null).expect(202);
    }

    private static List<Path> files(Path mountpath) throws IOException {
        try (Stream<Path> all = Files.walk(mountpath.resolve("data"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
