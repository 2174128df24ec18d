package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectState;
import dev.landfall.model.Origin;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import dev.landfall.targets.DirtyStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsyncWritebackTest {
    private static final ObjectKey KEY = Bench.async("k");

    @TempDir
    Path dir;

    private final FakeRemote s3 = new FakeRemote(true);

    @Test
    void theCommitItselfWakesTheUpload() {
        try (Bench bench = Bench.over(dir, s3)) {
            PutOutcome outcome = bench.put(KEY, "v1");
            assertThat(outcome.record().state()).isEqualTo(ObjectState.DIRTY);
            bench.flush(Bench.ASYNC);

            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v1"));
            assertThat(s3.metadata("a/k"))
                    .containsEntry(
                            "landfall-generation", outcome.record().generation().toString())
                    .containsKey("landfall-crc32c");
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.CLEAN);
            assertThat(bench.record(KEY).remoteEtag()).isNotNull();
            assertThat(bench.count("landfall.writeback.started", "cause", "event"))
                    .isEqualTo(1);
            assertThat(bench.count("landfall.writeback.started", "cause", "sweep"))
                    .isZero();
            assertThat(bench.metrics.get("landfall.writeback.wake").timer().count())
                    .isEqualTo(1);
        }
    }

    @Test
    void overwritesDuringAnUploadEndAtTheNewestWithTwoUploads() {
        var open = new CountDownLatch(1);
        s3.days = (operation, key) -> new FakeRemote.Day.Wait(open);
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            await().until(() -> s3.inFlight.get() == 1);
            bench.put(KEY, "v2");
            bench.put(KEY, "v3");
            bench.put(KEY, "v4");
            open.countDown();
            bench.flush(Bench.ASYNC);

            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v4"));
            assertThat(s3.puts).hasValue(2);
            assertThat(s3.mostInFlight).hasValue(1);
            assertThat(bench.count("landfall.coalesced")).isEqualTo(2);
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
        }
    }

    @Test
    void putDeletePutEndsAtTheLastWord() throws Exception {
        var open = new CountDownLatch(1);
        s3.days = (operation, key) -> new FakeRemote.Day.Wait(open);
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            await().until(() -> s3.inFlight.get() == 1);
            assertThat(bench.delete(KEY)).isTrue();
            bench.put(KEY, "v3");
            open.countDown();
            bench.flush(Bench.ASYNC);

            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v3"));
            assertThat(bench.get(KEY)).isEqualTo("v3");
        }
    }

    @Test
    void nothingIsResurrectedWhileS3StillHasIt() {
        var open = new CountDownLatch(1);
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            bench.flush(Bench.ASYNC);
            s3.days = (operation, key) -> new FakeRemote.Day.Wait(open);
            bench.delete(KEY);

            assertThat(s3.bytes("a/k")).isNotNull();
            assertThatThrownBy(() -> bench.tiered.get(KEY)).satisfies(AsyncWritebackTest::isNoSuchObject);
            assertThatThrownBy(() -> bench.tiered.head(KEY)).satisfies(AsyncWritebackTest::isNoSuchObject);
            assertThat(bench.tiered.list(Bench.ASYNC, "", "", 10)).isEmpty();
            assertThat(bench.delete(KEY)).isFalse();

            open.countDown();
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isNull();
            assertThatThrownBy(() -> bench.tiered.get(KEY)).satisfies(AsyncWritebackTest::isNoSuchObject);
        }
    }

    @Test
    void anObjectThatOnlyS3HasIsDeletedThere() {
        s3.foreign("a/k", Bench.bytes("old"));
        try (Bench bench = Bench.over(dir, s3)) {
            assertThat(bench.delete(KEY)).isTrue();
            assertThatThrownBy(() -> bench.tiered.get(KEY)).satisfies(AsyncWritebackTest::isNoSuchObject);
            bench.flush(Bench.ASYNC);
            assertThat(s3.size()).isZero();
        }
    }

    @Test
    void anObjectThatWasOnS3BeforeIsOverwritten() {
        s3.foreign("a/k", Bench.bytes("old"));
        try (Bench bench = Bench.over(dir, s3)) {
            // The first change asks the endpoint about conditions; the second one is sure to carry one.
            bench.put(Bench.async("first"), "x");
            await().until(() -> bench.tiered.flush(Bench.ASYNC, Duration.ZERO) && s3.bytes("a/first") != null);
            await().until(() -> {
                bench.put(KEY, "new");
                bench.flush(Bench.ASYNC);
                s3.foreign("a/k", Bench.bytes("from elsewhere"));
                bench.put(KEY, "newest");
                bench.flush(Bench.ASYNC);
                return bench.count("landfall.conflict.412") > 0;
            });
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("newest"));
        }
    }

    @Test
    void theSameBytesAreUploadedAgain() {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "same");
            bench.flush(Bench.ASYNC);
            PutOutcome second = bench.put(KEY, "same");
            bench.flush(Bench.ASYNC);
            assertThat(s3.puts).hasValue(2);
            assertThat(s3.metadata("a/k"))
                    .containsEntry(
                            "landfall-generation", second.record().generation().toString());
        }
    }

    @Test
    void theOldestWaitingChangeGoesFirst() {
        var open = new CountDownLatch(1);
        s3.days = (operation, key) -> new FakeRemote.Day.Wait(open);
        TieredStore.Config c = Bench.config();
        var oneAtATime = new TieredStore.Config(
                c.remotes(), 1, c.sweepInterval(), c.maxDirtyBytes(), c.maxDirtyAge(), true, c.retries());
        try (Bench bench = Bench.over(dir, s3, oneAtATime)) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                bench.put(Bench.async("k" + i), "v");
                expected.add("a/k" + i);
                await().until(() -> s3.inFlight.get() == 1);
                awaitNextMillisecond();
            }
            bench.put(Bench.async("k4"), "again");
            open.countDown();
            bench.flush(Bench.ASYNC);
            assertThat(s3.order).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void anOutputIsStoredOnceAndAnOlderOneIsSuperseded() {
        try (Bench bench = Bench.over(dir, s3)) {
            assertThat(output(bench, 5).kind()).isEqualTo(PutOutcome.Kind.COMMITTED);
            assertThat(output(bench, 5).kind()).isEqualTo(PutOutcome.Kind.ALREADY_STORED);
            assertThat(output(bench, 4).kind()).isEqualTo(PutOutcome.Kind.SUPERSEDED);
            bench.flush(Bench.ASYNC);
            assertThat(s3.puts).hasValue(1);
            bench.put(Bench.async("users"), "mine");
            var origin = new Origin("p", "async/s", new Generation(5), 0);
            assertThatThrownBy(() -> bench.put(Bench.async("users"), Bench.bytes("v"), output(origin)))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_CONFLICT));
        }
    }

    private static PutOutcome output(Bench bench, long generation) {
        return bench.put(KEY, Bench.bytes("v"), output(new Origin("p", "async/s", new Generation(generation), 0)));
    }

    private static PutRequest output(Origin origin) {
        return new PutRequest(
                1, null, Map.of(), null, ChangeCause.PIPELINE, new Condition.IfOutput(origin, false), origin, null);
    }

    @Test
    void aBucketWithoutARemoteCannotWriteBackAndOneWithARemoteCannotBeLocal() {
        try (Bench bench = Bench.over(dir, s3)) {
            for (var mode : List.of(WritebackMode.SYNC, WritebackMode.ASYNC)) {
                assertThatThrownBy(() -> bench.put(new ObjectKey(Bench.LOCAL, "k"), Bench.bytes("v"), inMode(mode)))
                        .isInstanceOfSatisfying(
                                LandfallException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
            }
            assertThatThrownBy(() -> bench.put(KEY, Bench.bytes("v"), inMode(WritebackMode.LOCAL)))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
            bench.put(KEY, Bench.bytes("v"), inMode(WritebackMode.SYNC));
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v"));
        }
    }

    private static PutRequest inMode(WritebackMode mode) {
        var r = PutRequest.ofLength(1);
        return new PutRequest(1, null, Map.of(), mode, r.cause(), r.condition(), null, null);
    }

    private static void awaitNextMillisecond() {
        long at = System.currentTimeMillis();
        while (System.currentTimeMillis() == at) {
            Thread.onSpinWait();
        }
    }

    private static void isNoSuchObject(Throwable e) {
        assertThat(((LandfallException) e).code()).isEqualTo(ErrorCode.NO_SUCH_OBJECT);
    }

    @Test
    void anOutputDoesNotReplaceAUsersObjectThatOnlyS3Has() {
        s3.foreign("a/k", Bench.bytes("theirs"));
        try (Bench bench = Bench.over(dir, s3)) {
            assertThatThrownBy(() -> output(bench, 5))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_CONFLICT));
            s3.down = new Outcome.NotSent("down");
            assertThat(bench.put(
                                    Bench.async("other"),
                                    Bench.bytes("v"),
                                    output(new Origin("p", "async/s", new Generation(5), 0)))
                            .kind())
                    .isEqualTo(PutOutcome.Kind.COMMITTED);
            s3.down = null;
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("theirs"));
        }
    }
}
