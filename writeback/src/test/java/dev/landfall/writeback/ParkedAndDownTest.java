package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectState;
import dev.landfall.targets.DirtyStats;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What S3 refuses, S3 that is away, and what the sweep and the next start find. */
class ParkedAndDownTest {
    private static final ObjectKey KEY = Bench.async("k");

    @TempDir
    Path dir;

    private final FakeRemote s3 = new FakeRemote(true);

    @Test
    void whatS3RefusesIsParkedAndHoldsUpNobody() {
        s3.days = (operation, key) -> key.equals("a/bad")
                ? new FakeRemote.Day.Answer(new Outcome.Refused("S3 answered 403 AccessDenied"))
                : FakeRemote.GOOD;
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(Bench.async("bad"), "no");
            for (int i = 0; i < 20; i++) {
                bench.put(Bench.async("good" + i), "yes");
            }
            bench.flush(Bench.ASYNC);

            assertThat(s3.size()).isEqualTo(20);
            var bad = bench.record(Bench.async("bad"));
            assertThat(bad.state()).isEqualTo(ObjectState.PARKED);
            assertThat(bad.dirtySince().parked()).contains("403");
            assertThat(s3.order.stream().filter("a/bad"::equals)).hasSize(3);
            assertThat(bench.dirty().parked()).isEqualTo(1);
            assertThat(bench.dirty().bytes()).isEqualTo(2);

            s3.days = (operation, key) -> FakeRemote.GOOD;
            assertThat(bench.tiered.retryParked(Bench.ASYNC)).isEqualTo(1);
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/bad")).isEqualTo(Bench.bytes("no"));
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
        }
    }

    @Test
    void aNewPutOfAParkedKeyIsTriedAtOnce() {
        s3.days = (operation, key) -> new FakeRemote.Day.Answer(new Outcome.Refused("S3 answered 400"));
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "no");
            bench.flush(Bench.ASYNC);
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.PARKED);
            s3.days = (operation, key) -> FakeRemote.GOOD;
            bench.put(KEY, "yes");
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("yes"));
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
        }
    }

    @Test
    void whileS3IsDownPutsGoOnAndEverythingDrainsAfterwards() {
        s3.days = (operation, key) -> new FakeRemote.Day.Answer(new Outcome.NotSent("refused"));
        try (Bench bench = Bench.over(dir, s3)) {
            long began = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                bench.put(Bench.async("k" + i), "v" + i);
            }
            await().until(() -> bench.count("landfall.upload.attempts.failed", "class", "not_sent") > 10);
            // Fifty keys wait, but S3 is asked only a few times a second.
            int asked = s3.puts.get();
            long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
            assertThat((long) asked).isLessThan(40 * (1 + seconds));
            assertThat(bench.dirty().objects()).isEqualTo(50);
            s3.days = (operation, key) -> FakeRemote.GOOD;
            bench.flush(Bench.ASYNC);
            assertThat(s3.size()).isEqualTo(50);
            assertThat(s3.mostInFlight.get()).isLessThanOrEqualTo(4);
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
            assertThat(bench.metrics.get("landfall.dirty.bytes").gauge().value())
                    .isZero();
        }
    }

    @Test
    void overTheDirtyLimitChangesAreRefused() {
        s3.days = (operation, key) -> new FakeRemote.Day.Answer(new Outcome.NotSent("refused"));
        try (Bench bench = Bench.over(dir, s3)) {
            byte[] body = new byte[700_000];
            bench.put(KEY, body, PutRequest.ofLength(body.length));
            assertThatThrownBy(() -> bench.put(Bench.async("other"), body, PutRequest.ofLength(body.length)))
                    .isInstanceOfSatisfying(LandfallException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.DIRTY_LIMIT);
                        assertThat(e.retryAfter()).isNotNull();
                    });
            assertThat(bench.count("landfall.backpressure.rejects", "cause", "bytes"))
                    .isEqualTo(1);
            assertThat(bench.put(new ObjectKey(Bench.LOCAL, "free"), "v").kind())
                    .isEqualTo(PutOutcome.Kind.COMMITTED);
            s3.days = (operation, key) -> FakeRemote.GOOD;
            bench.flush(Bench.ASYNC);
            bench.put(Bench.async("other"), body, PutRequest.ofLength(body.length));
            bench.flush(Bench.ASYNC);
        }
    }

    @Test
    void theSweepAloneBringsEverythingToS3() {
        try (Bench bench = Bench.over(dir, s3, Bench.withWakes(false, Duration.ofMillis(200)))) {
            for (int i = 0; i < 30; i++) {
                bench.put(Bench.async("k" + i), "v" + i);
            }
            bench.delete(Bench.async("k7"));
            bench.flush(Bench.ASYNC);
            assertThat(s3.size()).isEqualTo(29);
            assertThat(bench.count("landfall.writeback.started", "cause", "event"))
                    .isZero();
            // The put and the delete of one key may have been found by two sweeps.
            assertThat(bench.count("landfall.writeback.started", "cause", "sweep"))
                    .isBetween(30.0, 31.0);
        }
    }

    @Test
    void aSweepFindsNothingInAnUndisturbedRun() {
        try (Bench bench = Bench.over(dir, s3, Bench.withWakes(true, Duration.ofMillis(600)))) {
            long end = System.nanoTime() + 1_500_000_000L;
            for (int i = 0; System.nanoTime() < end; i++) {
                bench.put(Bench.async("k" + i % 50), "v" + i);
            }
            bench.flush(Bench.ASYNC);
            assertThat(bench.count("landfall.writeback.started", "cause", "sweep"))
                    .isZero();
            assertThat(bench.count("landfall.writeback.started", "cause", "recovery"))
                    .isZero();
        }
    }

    @Test
    void aRestartArmsEverythingParkedToo() {
        s3.days = (operation, key) -> new FakeRemote.Day.Answer(new Outcome.Refused("S3 answered 403"));
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(Bench.async("bad"), "v");
            await().until(() -> bench.dirty().parked() == 1);
            s3.days = (operation, key) -> new FakeRemote.Day.Answer(new Outcome.NotSent("refused"));
            for (int i = 0; i < 20; i++) {
                bench.put(Bench.async("k" + i), "v" + i);
            }
        }
        assertThat(s3.size()).isZero();
        s3.days = (operation, key) -> FakeRemote.GOOD;
        try (Bench bench = Bench.assignedLater(dir, s3)) {
            await().until(() -> s3.size() == 21);
            bench.flush(Bench.ASYNC);
            await().until(() -> bench.dirty().equals(DirtyStats.NONE));
            assertThat(s3.size()).isEqualTo(21);
            assertThat(bench.count("landfall.recovery.dirty.scanned")).isEqualTo(21);
            assertThat(bench.count("landfall.writeback.started", "cause", "recovery"))
                    .isEqualTo(21);
            assertThat(bench.count("landfall.writeback.started", "cause", "sweep"))
                    .isZero();
        }
    }

    @Test
    void aStopLeavesWhatIsUnderWayDirtyAndTheNextStartDoesNotSendItTwice() {
        s3.days = (operation, key) -> new FakeRemote.Day.LoseReply();
        s3.down = new Outcome.NotSent("down");
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            await().until(() -> s3.puts.get() == 1);
        }
        s3.days = (operation, key) -> FakeRemote.GOOD;
        s3.down = null;
        try (Bench bench = Bench.over(dir, s3)) {
            bench.flush(Bench.ASYNC);
            assertThat(s3.puts).hasValue(1);
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.CLEAN);
        }
    }
}
