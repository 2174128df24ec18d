package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The power fails while a store is under load. */
@Tag("long")
final class PowerCutTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {5, 400})
    void whatWasAcknowledgedWithFsyncSurvives(int answers) throws Exception {
        try (LoopDisk disk = LoopDisk.mount(directory.resolve("disk"), 96L << 20)) {
            var acknowledged = new Acknowledged();
            Path path = disk.path().resolve("store");
            try (var child = StoreChild.start(path, directory.resolve("errors"), answers, 0)) {
                child.await(answers, acknowledged);
                child.freeze();
                disk.cutPower();
            }
            disk.restorePower();
            ObjectStore store = StoreProcess.open(path);
            try {
                assertThat(store.uncleanStart()).isTrue();
                acknowledged.verify(store);
            } finally {
                store.close();
            }
        }
    }
}
