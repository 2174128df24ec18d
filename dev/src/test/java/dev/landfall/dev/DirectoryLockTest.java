package dev.landfall.dev;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @Test
    void keepsASecondClusterAndAnotherNumberOfTargetsOut(@TempDir Path directory) throws Exception {
        try (var lock = DirectoryLock.take(directory, 3)) {
            assertThatThrownBy(() -> DirectoryLock.take(directory, 3)).hasMessageContaining("runs in " + directory);
        }
        assertThatThrownBy(() -> DirectoryLock.take(directory, 2)).hasMessageContaining("--targets 3");
        DirectoryLock.take(directory, 3).close();
    }
}
