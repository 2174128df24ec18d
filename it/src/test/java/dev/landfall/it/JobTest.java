package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Jobs exist as records, not in the node that took them. */
@OnSharedCluster
class JobTest {
    @Test
    void aJobOutlivesTheNodeThatTookIt(TestCluster cluster) throws IOException {
        Path inbox =
                Files.createDirectories(cluster.data(0).resolveSibling("inbox").resolve("job"));
        int files = 300;
        for (int i = 0; i < files; i++) {
            Files.write(inbox.resolve("f" + i), Bytes.random(i, 2_000));
        }
        cluster.api(0).bucket("jobs", "{}");
        // Keeps its owner busy for long after the kill: all zeros to read, as many bytes to write, checksum and sync.
        Path large = inbox.resolve(cluster.nameOwnedBy(0, "jobs", "in/large").substring(3));
        try (var sparse = new java.io.RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength(256L << 20);
        }
        String id = Jobs.submit(cluster.api(0), Jobs.promote("jobs", inbox, "in/"));

        cluster.kill9(0);

        List<String> ofOthers = IntStream.range(0, files)
                .mapToObj(i -> "in/f" + i)
                .filter(name -> cluster.ownerSeenBy(1, "jobs", name) != 0)
                .toList();
        await("the other nodes do their share").atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            for (String name : ofOthers) {
                cluster.api(1).head("jobs", name).expect(200);
            }
        });
        JsonNode unfinished = cluster.api(1)
                .send("GET", "/api/v1/jobs/" + id, null)
                .expect(200)
                .json();
        assertThat(unfinished.path("state").asText()).as("%s", unfinished).isEqualTo("running");
        assertThat(unfinished.at("/targets/" + cluster.id(0) + "/state").asText())
                .as("%s", unfinished)
                .isEqualTo("running");
        cluster.restart(0);
        cluster.awaitDecisions();
        JsonNode done = Jobs.awaitDone(cluster.api(0), id);
        assertThat(done.path("objects").asLong() + done.path("skipped").asLong())
                .as("each file counts once: %s", done)
                .isEqualTo(files + 1);
        for (int i = 0; i < files; i++) {
            assertThat(cluster.api(1).get("jobs", "in/f" + i).expect(200).body())
                    .isEqualTo(Bytes.random(i, 2_000));
        }
        Files.delete(large);
    }
}
