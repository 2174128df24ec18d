package dev.landfall.dev.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.Durability;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
    private static final int SIZE = 4 << 10;

    @TempDir
    private static Path directory;

    private static BenchNode node;
    private static Side side;

    private final StringWriter out = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        node = BenchNode.start(directory.resolve("cluster"), 1);
        side = node.open(Durability.OS, true);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void legsRunAgainstRawAndEveryPutHasItsEvent() throws Exception {
        var options = new BenchOptions();
        options.sizes = List.of(SIZE, 300 << 10);
        options.workers = 3;
        options.json = directory.resolve("figures.json");
        options.chart = directory.resolve("chart");
        long before = events().count();
        var report = new Report(new PrintWriter(out), "test");
        try (Limits raw = Limits.raw(directory.resolve("raw"))) {
            for (String operation : List.of("put", "get")) {
                new ObjectBench(operation, options, report)
                        .compare(side, Side.limit("raw", raw), ObjectBench.Pairs.QUICK, false);
            }
        }
        report.write(options);
        assertThat(events().count()).isGreaterThan(before);
        assertThat(report.verdicts()).isEmpty();
        assertThat(out.toString()).contains("landfall       put     4KiB", "raw            get   300KiB");
        assertThat(options.json).content().contains("\"p99.9\"", "\"cpuSecondsPerGiB\"");
        assertThat(directory.resolve("chart.svg")).content().startsWith("<svg").contains("PUT 4KiB");
        assertThat(Files.size(directory.resolve("chart.png"))).isGreaterThan(1000);
    }

    @Test
    void aPutWithoutAnEventMakesTheLegFail() throws Exception {
        long before = events().count();
        try (Side.Connections connections = side.connect()) {
            connections.any().put(side.prefix() + "one", ByteBuffer.allocate(10));
        }
        assertThatThrownBy(() -> events().check(before, 2)).hasMessageContaining("1 events of 2 acknowledged PUTs");
        events().check(before, 1);
    }

    @Test
    void whatIsReadMustHaveTheSizeThatWasWritten() throws Exception {
        var requests = new Requests(side, 100, 1, 50);
        requests.fill();
        var other = new Requests(Side.limit("x", Limits.raw(directory.resolve("other"))), 100, 1, 50);
        assertThat(new Load(1, Duration.ofMinutes(1), 50, 0)
                        .run("landfall", "get", 100, true, requests.gets())
                        .operations())
                .isEqualTo(50);
        assertThatThrownBy(() -> new Load(1, Duration.ofMinutes(1), 5, 0).run("raw", "get", 100, true, other.gets()))
                .hasMessageContaining("get at raw failed");
    }

    @Test
    void bareUndertowMovesBodiesBothWays() throws Exception {
        try (Limits bare = Limits.bareUndertow(directory.resolve("bare"))) {
            var requests = new Requests(Side.limit("bare", bare), 700 << 10, 2, 50);
            requests.fill();
            assertThat(new Load(2, Duration.ofMinutes(1), 40, 0)
                            .run("bare", "get", 700 << 10, true, requests.gets())
                            .operations())
                    .isEqualTo(40);
        }
    }

    @Test
    void atAFixedRateAStallCountsForEveryRequestThatWasDueMeanwhile() {
        Leg leg = new Load(1, Duration.ofMinutes(1), 100, 1000)
                .run("fake", "put", 1, true, worker -> new Load.Worker() {
                    @Override
                    public void run(long index) {
                        for (long end = System.nanoTime() + (index == 0 ? 80_000_000 : 0); System.nanoTime() < end; ) {
                            LockSupport.parkNanos(end - System.nanoTime());
                        }
                    }

                    @Override
                    public void close() {}
                });
        // Sent one after the other they took no time, but half of them were due while the first one stalled.
        assertThat(leg.millis(50)).isGreaterThan(10);
        assertThat(leg.operations()).isEqualTo(100);
    }

    @Test
    void checkRefusesWhatIsNoComparison() {
        var err = new StringWriter();
        int code = new CommandLine(new BenchCommand())
                .setErr(new PrintWriter(err))
                .execute("put", "--check", "--url", "http://127.0.0.1:1");
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--check");
        assertThat(new CommandLine(new BenchCommand())
                        .setErr(new PrintWriter(err))
                        .execute("get", "--size", "4 apples"))
                .isEqualTo(2);
    }

    private static Events events() {
        Events events = side.events();
        if (events == null) {
            throw new AssertionError("Landfall has events");
        }
        return events;
    }
}
