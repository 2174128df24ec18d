package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ObjectKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Two nodes of one cluster, half of the bucket {@code speech} on each, for one test. */
final class TwoNodes implements AutoCloseable {
    final FakeCluster.State state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1", "n2"));
    final TestNode one;
    TestNode two;
    private final Path directory;

    TwoNodes(Path directory) {
        this.directory = directory;
        one = TestNode.start(new FakeCluster(state, "n1"), directory.resolve("n1"));
        two = TestNode.start(new FakeCluster(state, "n2"), directory.resolve("n2"));
        assertThat(Http.put(two.url("/api/v1/buckets/speech"), "{}").status()).isEqualTo(200);
    }

    /** A key that the node owns. */
    ObjectKey keyOf(String node, String prefix) {
        for (int i = 0; ; i++) {
            var key = ObjectKey.of("speech", prefix + i);
            if (state.view().requireMap().ownerOf(key).node().equals(node)) {
                return key;
            }
        }
    }

    static String path(ObjectKey key) {
        return "/api/v1/objects/" + key;
    }

    /** The data files of the second node. */
    Set<Path> files() {
        return TestNode.dataFiles(directory.resolve("n2"));
    }

    @Override
    public void close() {
        one.close();
        two.close();
    }
}
