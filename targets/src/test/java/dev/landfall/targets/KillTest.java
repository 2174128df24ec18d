package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store process is killed in the middle of its load, again and again on the same directory. */
final class KillTest {
    private static final List<Integer> ANSWERS_BEFORE_KILL = List.of(1, 150, 1200);

    @TempDir
    Path directory;

    private final Acknowledged acknowledged = new Acknowledged();

    @Test
    void whatWasAcknowledgedIsThereAndNothingElse() throws Exception {
        for (int round = 0; round < ANSWERS_BEFORE_KILL.size(); round++) {
            runAndKill(round, ANSWERS_BEFORE_KILL.get(round));
            ObjectStore store = StoreProcess.open(directory.resolve("store"));
            try {
                assertThat(store.uncleanStart()).isTrue();
                acknowledged.verify(store);
            } finally {
                store.close();
            }
        }
    }

    private void runAndKill(int seed, int answers) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreProcess.class.getName(),
                        directory.resolve("store").toString(),
                        Integer.toString(seed),
                        "4",
                        "25")
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).as(stderr()).isEqualTo("ready");
            for (int i = 0; i < answers; i++) {
                acknowledged.add(lines.readLine());
            }
            // Through its handle: Process.destroyForcibly would close the stream that is still to be read.
            child.toHandle().destroyForcibly();
            // What was printed before the kill was acknowledged too; the last line may be torn.
            List<String> rest = lines.lines().toList();
            rest.subList(0, Math.max(rest.size() - 1, 0)).forEach(acknowledged::add);
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(stderr()).isEmpty();
    }

    private String stderr() throws IOException {
        Path file = directory.resolve("stderr");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
