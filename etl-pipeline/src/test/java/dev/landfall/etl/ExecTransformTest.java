package dev.landfall.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.topology.Cancellation;
import dev.landfall.topology.TransformCall;
import dev.landfall.topology.TransformException;
import dev.landfall.topology.TransformSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExecTransformTest {
    @TempDir
    Path directory;

    private Path input;
    private Path output;
    private final Cancellation cancellation = new Cancellation();

    @BeforeEach
    void prepare() throws IOException {
        input = Files.writeString(directory.resolve("0000000000000042"), "some words");
        output = directory.resolve("output.txt");
    }

    @Test
    void readsStdinAndWritesStdout() throws Exception {
        run("tr", "a-z", "A-Z");

        assertThat(output).hasContent("SOME WORDS");
    }

    @Test
    void doesNotHangOnAnInputThatTheCommandIgnores() throws Exception {
        Files.write(input, new byte[4 << 20]);

        run("sh", "-c", "echo no");

        assertThat(output).hasContent("no");
    }

    @Test
    void givesPathsWhereTheCommandAsksForThem() throws Exception {
        run("sh", "-c", "cp \"$0\" \"$1\"", "{input}", "{output}");

        assertThat(output).hasContent("some words");
    }

    @Test
    void neverShowsTheStoresFileByItsPath() throws Exception {
        run(
                "sh",
                "-c",
                "case \"$0\" in *.flac) echo gone > \"$0\"; echo \"$0\" > \"$1\";; esac",
                "{input}",
                "{output}");

        assertThat(input).hasContent("some words");
        assertThat(Files.readString(output)).doesNotContain(input.toString());
    }

    @Test
    void tellsWhatItWorksOnAndNoSecrets() throws Exception {
        run("sh", "-c", "echo $LANDFALL_KEY $LANDFALL_ATTEMPT; env | cut -d= -f1 | sort | tr '\\n' ' '");

        assertThat(Files.readString(output))
                .startsWith("words/a.flac 3\n")
                .doesNotContain("MAVEN")
                .doesNotContain("JAVA_HOME");
    }

    @Test
    void aFailureKeepsTheEndOfStderr() {
        assertThatThrownBy(() -> run(
                        "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x >&2; echo >&2; echo it broke >&2; exit 3"))
                .isInstanceOfSatisfying(TransformException.class, e -> {
                    assertThat(e.retryable()).isTrue();
                    assertThat(e.getMessage()).contains("exit code 3").endsWith(": it broke");
                    assertThat(e.detail()).endsWith("it broke\n").hasSize(OutputTail.KEPT);
                });
    }

    @Test
    void aMissingCommandIsNotTriedAgain() {
        assertThatThrownBy(() -> run("no-such-command-anywhere"))
                .isInstanceOfSatisfying(TransformException.class, e -> {
                    assertThat(e.retryable()).isFalse();
                    assertThat(e.getMessage())
                            .contains("no-such-command-anywhere")
                            .contains("installed on every node");
                });
    }

    @Test
    void theTimeoutKillsEverythingThatWasStarted() throws IOException {
        var transform = transform(
                // Time enough for the shell to write the file, on any machine.
                Duration.ofSeconds(2),
                "sh",
                "-c",
                "sleep 100 & echo $! > \"$0\"; wait",
                pidFile().toString());

        assertThatThrownBy(() -> transform.run(call()))
                .isInstanceOfSatisfying(
                        TransformException.class,
                        e -> assertThat(e.getMessage()).contains("timeout"));

        assertEnds(pid());
    }

    @Test
    void cancellingEndsTheAttempt() throws Exception {
        var transform = transform(
                Duration.ofMinutes(1),
                "sh",
                "-c",
                "sleep 100 & echo $! > \"$0\"; wait",
                pidFile().toString());
        CompletableFuture<Void> running = CompletableFuture.runAsync(() -> {
            try {
                transform.run(call());
            } catch (TransformException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await()
                .until(() ->
                        Files.exists(pidFile()) && !Files.readString(pidFile()).isBlank());

        cancellation.cancel();

        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TransformException.class);
        assertEnds(pid());
    }

    @Test
    void whatACommandLeavesBehindIsKilled() throws Exception {
        run("sh", "-c", "sleep 300 & echo $! > \"$0\"; cat", pidFile().toString());

        assertThat(output).hasContent("some words");
        assertEnds(pid());
    }

    @Test
    void whatLeftTheDirectoryIsKilledToo() throws Exception {
        run(
                "sh",
                "-c",
                "(cd / && exec setsid sleep 300) & echo $! > \"$0\"; cat; sleep 0.2",
                pidFile().toString());

        assertEnds(pid());
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(pidFile()).strip());
    }

    private static void assertEnds(long pid) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    private void run(String... command) throws TransformException, IOException {
        transform(Duration.ofSeconds(20), command).run(call());
    }

    private static ExecTransform transform(Duration timeout, String... command) {
        return new ExecTransform(new TransformSpec.Exec("test", List.of(command), timeout));
    }

    private TransformCall call() {
        return new TransformCall(
                ObjectKey.of("words", "a.flac"), new Generation(7), input, true, output, directory, 3, cancellation);
    }
}
