package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
        cluster.restart(0);
        cluster.awaitDecisions();
        Jobs.awaitDone(cluster.api(0), id);
        for (int i = 0; i < files; i++) {
            assertThat(cluster.api(1).get("jobs", "in/f" + i).expect(200).body())
                    .isEqualTo(Bytes.random(i, 2_000));
        }
    }
}
