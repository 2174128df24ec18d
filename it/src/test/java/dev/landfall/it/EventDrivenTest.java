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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The event of a change starts its upload; the sweep is only a net below it. */
@Isolated("it measures time")
@OnSharedCluster
class EventDrivenTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String WAKE = "landfall_writeback_wake_seconds";
    private static final String STARTED = "landfall_writeback_started_total";
    private static final int PUTS = 600;
    private static final int PER_SECOND = 50;

    @TempDir
    private Path dir;

    private static void prepare(TestCluster cluster, String bucket) {
        try (S3Side s3 = cluster.s3()) {
            s3.withBucket("remote");
        }
        cluster.api(0).asyncBucket(bucket, "s3://remote/" + bucket);
    }

    /** The cluster looks for work that no event woke twice a second. */
    @Test
    void anUploadStartsWithinMillisecondsOfItsCommitAndTheSweepFindsNothing(TestCluster cluster) {
        prepare(cluster, "woken");
        IntStream.range(0, 200).forEach(i -> put(cluster, "woken", "warm/" + i, i));
        cluster.api(0).flush("woken", SOON);

        double startedBefore = sum(cluster, STARTED, "cause=\"event\"");
        double sweptBefore = sum(cluster, STARTED, "cause=\"sweep\"");
        double recoveredBefore = sum(cluster, STARTED, "cause=\"recovery\"");
        double allBefore = sum(cluster, WAKE + "_count", "");
        double quickBefore = sum(cluster, WAKE + "_bucket", "le=\"0.05\"");
        double veryQuickBefore = sum(cluster, WAKE + "_bucket", "le=\"0.01\"");

        load(cluster);

        cluster.api(0).flush("woken", SOON);
        assertThat(sum(cluster, STARTED, "cause=\"event\"") - startedBefore).isGreaterThanOrEqualTo(PUTS);
        assertThat(sum(cluster, STARTED, "cause=\"sweep\"")).isEqualTo(sweptBefore);
        assertThat(sum(cluster, STARTED, "cause=\"recovery\"")).isEqualTo(recoveredBefore);
        double all = sum(cluster, WAKE + "_count", "") - allBefore;
        double quick = sum(cluster, WAKE + "_bucket", "le=\"0.05\"") - quickBefore;
        System.out.printf(
                "From commit to the start of the upload: %.0f of %.0f within 50 ms, %.0f within 10 ms%n",
                quick, all, sum(cluster, WAKE + "_bucket", "le=\"0.01\"") - veryQuickBefore);
        assertThat(all).isGreaterThanOrEqualTo(PUTS);
        assertThat(quick / all).as("share of uploads that started within 50 ms").isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void theSweepAloneBringsEverythingToS3(TestCluster shared) {
        var options = TestCluster.Options.USUAL
                .withNodes(1)
                .withJvm("-Xmx256m", "-Dlandfall.test.wakeOnEvent=false")
                .with("limits: {sweepInterval: 1s}");
        try (TestCluster cluster = TestCluster.beside(shared, "swept", dir, options)) {
            prepare(cluster, "swept");
            IntStream.range(0, 100).forEach(i -> put(cluster, "swept", Integer.toString(i), i));
            cluster.api(0).delete("swept", "0").expect(204);
            await("the sweep has brought everything to S3").atMost(SOON).untilAsserted(() -> {
                try (S3Side s3 = cluster.s3()) {
                    assertThat(s3.etags("remote", "swept/").keySet().stream()
                                    .filter(key -> !key.contains("/.landfall-probe/")))
                            .hasSize(99);
                }
            });
            await().atMost(SOON).until(() -> sum(cluster, "landfall_dirty_objects", "") == 0);
            assertThat(sum(cluster, STARTED, "cause=\"event\"")).isZero();
            assertThat(sum(cluster, STARTED, "cause=\"sweep\"")).isGreaterThanOrEqualTo(99);
        }
    }

    private static void load(TestCluster cluster) {
        AtomicInteger next = new AtomicInteger();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try (var clients = Executors.newScheduledThreadPool(4)) {
            var ticking = clients.scheduleAtFixedRate(
                    () -> {
                        int i = next.getAndIncrement();
                        if (i < PUTS) {
                            try {
                                put(cluster, "woken", "load/" + i, i);
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

    private static void put(TestCluster cluster, String bucket, String name, int i) {
        cluster.api(i % cluster.size())
                .put(bucket, name, Bytes.random(i, 4_096))
                .expect(200);
    }

    private static double sum(TestCluster cluster, String metric, String labels) {
        return IntStream.range(0, cluster.size())
                .mapToDouble(node -> cluster.api(node).metric(metric, labels))
                .sum();
    }
}
