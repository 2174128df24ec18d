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

/** A {@link StoreProcess} that is still alive. */
final class StoreChild implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final Path errors;

    private StoreChild(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts one with four threads and waits until it is ready. */
    static StoreChild start(Path store, Path errors, int seed, int percentUnsynced) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreProcess.class.getName(),
                        store.toString(),
                        Integer.toString(seed),
                        "4",
                        Integer.toString(percentUnsynced))
                .redirectError(errors.toFile())
                .start();
        var child = new StoreChild(process, errors);
        assertThat(child.lines.readLine()).as(() -> read(errors)).isEqualTo("ready");
        return child;
    }

    void await(int answers, Acknowledged acknowledged) throws IOException {
        for (int i = 0; i < answers; i++) {
            acknowledged.add(lines.readLine());
        }
    }

    /** Stops its threads where they are. */
    void freeze() throws Exception {
        Commands.run("kill", "-STOP", Long.toString(process.pid()));
    }

    /** Kills it, and takes what it had printed before as acknowledged too. */
    void kill(Acknowledged acknowledged) {
        // Through its handle: Process.destroyForcibly would close the stream that is still to be read.
        process.toHandle().destroyForcibly();
        List<String> rest = lines.lines().toList();
        // The last line may be torn.
        rest.subList(0, Math.max(rest.size() - 1, 0)).forEach(acknowledged::add);
        assertThat(read(errors)).isEmpty();
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
