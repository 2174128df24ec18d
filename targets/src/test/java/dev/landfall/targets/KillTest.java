package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store process is killed in the middle of its load, again and again on the same directory. */
final class KillTest {
    private static final List<Integer> ANSWERS_BEFORE_KILL = List.of(1, 150, 1000);

    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedIsThereAndNothingElse() throws Exception {
        var acknowledged = new Acknowledged();
        for (int round = 0; round < ANSWERS_BEFORE_KILL.size(); round++) {
            try (var child = StoreChild.start(directory.resolve("store"), directory.resolve("errors"), round, 25)) {
                child.await(ANSWERS_BEFORE_KILL.get(round), acknowledged);
                child.kill(acknowledged);
            }
            ObjectStore store = StoreProcess.open(directory.resolve("store"));
            try {
                assertThat(store.uncleanStart()).isTrue();
                acknowledged.verify(store);
            } finally {
                store.close();
            }
        }
    }
}
