package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class WorkDirectoryTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void whatAKilledNodeLeftIsRemovedWhenItStartsAgain(@TempDir Path directory) throws Exception {
        Path scratch = Files.createDirectories(directory.resolve("attempts/attempt-1/tmp"));
        Files.writeString(scratch.resolve("half"), "x");
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(scratch.resolve("link"), Files.writeString(elsewhere.resolve("kept"), "x"));
        Process orphan = sleeper(scratch, true);
        Process user = sleeper(scratch, false);
        try {
            WorkDirectory work = WorkDirectory.open(directory.resolve("attempts"));

            assertThat(orphan.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(user.isAlive()).isTrue();
            assertThat(scratch).doesNotExist();
            assertThat(elsewhere.resolve("kept")).exists();
            assertThat(work.create()).isEmptyDirectory();
        } finally {
            orphan.destroyForcibly();
            user.destroyForcibly();
        }
    }

    private static Process sleeper(Path directory, boolean ours) throws Exception {
        var builder = new ProcessBuilder("sleep", "60").directory(directory.toFile());
        if (ours) {
            builder.environment().put("LANDFALL_GENERATION", "1");
        }
        return builder.start();
    }
}
