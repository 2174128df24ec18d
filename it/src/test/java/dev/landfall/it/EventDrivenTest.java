package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event of a change starts its upload; the sweep is only a net below it. */
class EventDrivenTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String WAKE = "landfall_writeback_wake_seconds";
    private static final int PUTS = 600;
    private static final int PER_SECOND = 50;

    @TempDir
    private Path dir;

    private TestCluster cluster;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private void start(TestCluster.Options options) {
        cluster = TestCluster.start(dir, options);
        try (S3Side s3 = cluster.s3()) {
            s3.withBucket("remote");
        }
        cluster.api(0).asyncBucket("back", "s3://remote/back");
    }

    @Test
    void anUploadStartsWithinMillisecondsOfItsCommitAndTheSweepFindsNothing() {
        start(TestCluster.Options.USUAL.withNodes(2).with("limits: {sweepInterval: 500ms}"));
        IntStream.range(0, 200).forEach(i -> put("warm/" + i, i));
        cluster.api(0).flush("back", SOON);

        double allBefore = sum(WAKE + "_count", "");
        double quickBefore = sum(WAKE + "_bucket", "le=\"0.05\"");
        double veryQuickBefore = sum(WAKE + "_bucket", "le=\"0.01\"");

        load();

        cluster.api(0).flush("back", SOON);
        double started = sum("landfall_writeback_started_total", "cause=\"event\"");
        assertThat(started).isGreaterThanOrEqualTo(PUTS);
        assertThat(sum("landfall_writeback_started_total", "cause=\"sweep\"")).isZero();
        assertThat(sum("landfall_writeback_started_total", "cause=\"recovery\""))
                .isZero();
        double all = sum(WAKE + "_count", "") - allBefore;
        double quick = sum(WAKE + "_bucket", "le=\"0.05\"") - quickBefore;
        System.out.printf(
                "From commit to the start of the upload: %.0f of %.0f within 50 ms, %.0f within 10 ms%n",
                quick, all, sum(WAKE + "_bucket", "le=\"0.01\"") - veryQuickBefore);
        assertThat(all).isGreaterThanOrEqualTo(PUTS);
        assertThat(quick / all).as("share of uploads that started within 50 ms").isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void theSweepAloneBringsEverythingToS3() {
        start(TestCluster.Options.USUAL
                .withNodes(2)
                .withJvm("-Xmx256m", "-Dlandfall.test.wakeOnEvent=false")
                .with("limits: {sweepInterval: 1s}"));
        IntStream.range(0, 100).forEach(i -> put("swept/" + i, i));
        cluster.api(0).delete("back", "swept/0").expect(204);
        await("the sweep has brought everything to S3").atMost(SOON).untilAsserted(() -> {
            try (S3Side s3 = cluster.s3()) {
                assertThat(s3.etags("remote", "back/swept/")).hasSize(99);
            }
        });
        await().atMost(SOON).until(() -> sum("landfall_dirty_objects", "") == 0);
        assertThat(sum("landfall_writeback_started_total", "cause=\"event\"")).isZero();
        assertThat(sum("landfall_writeback_started_total", "cause=\"sweep\"")).isGreaterThanOrEqualTo(99);
    }

    private void load() {
        AtomicInteger next = new AtomicInteger();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try (var clients = Executors.newScheduledThreadPool(4)) {
            var ticking = clients.scheduleAtFixedRate(
                    () -> {
                        int i = next.getAndIncrement();
                        if (i < PUTS) {
                            try {
                                put("load/" + i, i);
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                        }
                    },
                    0,
                    TimeUnit.SECONDS.toMicros(1) / PER_SECOND,
                    TimeUnit.MICROSECONDS);
            await().atMost(SOON).until(() -> next.get() >= PUTS);
            ticking.cancel(false);
        }
        assertThat(failures).isEmpty();
    }

    private void put(String name, int i) {
        cluster.api(i % cluster.size())
                .put("back", name, Bytes.random(i, 4_096))
                .expect(200);
    }

    private double sum(String metric, String labels) {
        return IntStream.range(0, cluster.size())
                .mapToDouble(node -> cluster.api(node).metric(metric, labels))
                .sum();
    }
}
