package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./landfall demo}, as somebody who has just built it calls it. */
@Tag("long")
class DemoTest {
    @TempDir
    private Path dir;

    /** The first call builds. */
    @BeforeEach
    void build() {
        try (ChildProcess version = landfall("--version")) {
            assertThat(version.awaitExit(Duration.ofMinutes(5)))
                    .as(version.output())
                    .isZero();
        }
    }

    @Test
    void theDemoProvesItselfInTime() {
        long start = System.nanoTime();
        ChildProcess demo = landfall("demo");
        try (demo) {
            assertThat(demo.awaitExit(Duration.ofMinutes(3))).as(demo.output()).isZero();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("landfall demo: %.1f s%n%s%n", seconds, demo.output());
        assertThat(seconds).isLessThan(40);
        assertThat(demo.output()).containsIgnoringCase("objects").containsIgnoringCase("p99");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3", "kafka", "transform"})
    void aBrokenDemoSaysWhatDidNotMatch(String part) {
        ChildProcess demo = landfall("demo", "--break", part);
        try (demo) {
            assertThat(demo.awaitExit(Duration.ofMinutes(3))).as(demo.output()).isEqualTo(1);
            assertThat(demo.output()).contains("Not everything matched:");
        }
        System.out.println(demo.output());
        String complaints = demo.output().substring(demo.output().indexOf("Not everything matched:"));
        switch (part) {
            case "s3" ->
                assertThat(complaints)
                        .contains("s3://demo/put has other bytes: 1 of ", "s3://demo/promoted lacks: 1 of ");
            case "kafka" -> assertThat(complaints).contains("The topic landfall.objects");
            default -> assertThat(complaints).contains("s3://demo/upper lacks: ", "waiting for outputs");
        }
    }

    private ChildProcess landfall(String... arguments) {
        List<String> command = new java.util.ArrayList<>();
        command.add(ChildProcess.root().resolve("landfall").toString());
        command.addAll(List.of(arguments));
        return ChildProcess.start(
                "landfall " + String.join(" ", arguments),
                dir.resolve("demo.log"),
                command,
                Map.of("JAVA_HOME", System.getProperty("java.home")));
    }
}
