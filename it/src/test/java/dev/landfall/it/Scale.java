package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Very many small objects on one target: what they cost a listing, a start after a kill, and the memory. */
final class Scale {
    /** @param startSeconds from the start of the process to the first page of the listing */
    record Figures(double pageOfFew, double pageOfAll, double startSeconds, long residentMiB) {
        double ratio() {
            return pageOfAll / pageOfFew;
        }
    }

    private Scale() {}

    static Figures measure(Path dir, long objects, Duration bound) throws IOException {
        Path figures = dir.resolve("fill.json");
        Path log = dir.resolve("fill.log");
        DevProcess dev = DevProcess.start(dir.resolve("dev"), "--targets", "1");
        try {
            try (ChildProcess fill = ChildProcess.java(
                    "landfall bench fill",
                    log,
                    List.of("-Xmx512m"),
                    Map.of(),
                    "dev.landfall.dev.Landfall",
                    List.of(
                            "bench",
                            "fill",
                            "--url",
                            dev.http().toString(),
                            "--objects",
                            Long.toString(objects),
                            "--json",
                            figures.toString()))) {
                assertThat(fill.awaitExit(bound)).as("exit code; see %s", log).isZero();
            }
            JsonNode pages = new ObjectMapper().readTree(figures.toFile()).path("pageP99Millis");
            long resident = resident(dev.pid());
            dev.kill9();
            dev.close();
            long began = System.nanoTime();
            dev = DevProcess.start(dir.resolve("dev"), "--targets", "1");
            assertThat(new Api(dev.http())
                            .send("GET", "/api/v1/objects/bench-os?limit=1000", null)
                            .expect(200)
                            .json()
                            .path("objects"))
                    .hasSize(1000);
            double start = (System.nanoTime() - began) / 1e9;
            var measured =
                    new Figures(pages.path("few").asDouble(), pages.path("all").asDouble(), start, resident);
            System.out.printf(
                    "%d objects: a page of 1,000 p99 %.2f ms (of 10,000 objects %.2f ms, ratio %.2f), start after kill -9 "
                            + "with Kafka and S3 %.1f s, resident set of all of it %d MiB%n",
                    objects, measured.pageOfAll(), measured.pageOfFew(), measured.ratio(), start, resident);
            return measured;
        } finally {
            dev.close();
        }
    }

    private static long resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
