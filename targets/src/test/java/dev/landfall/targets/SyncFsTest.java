package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SyncFsTest {
    @TempDir
    private Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void syncsUntilItIsClosed() throws IOException {
        SyncFs disk = SyncFs.open(directory);
        assertThat(disk).isNotNull();
        disk.sync();
        disk.close();
        assertThatThrownBy(disk::sync).isInstanceOf(IOException.class);
    }

    @Test
    void aDirectoryThatIsNotThereHasNone() {
        assertThat(SyncFs.open(directory.resolve("nothing"))).isNull();
    }

    @Test
    void kernelsThatLoseErrorsAreNotTrusted() {
        assertThat(SyncFs.sinceLinux58("5.7.19-generic")).isFalse();
        assertThat(SyncFs.sinceLinux58("4.19.0")).isFalse();
        assertThat(SyncFs.sinceLinux58("5.8.0")).isTrue();
        assertThat(SyncFs.sinceLinux58("6.18.2-cloud")).isTrue();
        assertThat(SyncFs.sinceLinux58("")).isFalse();
    }
}
