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
import dev.landfall.targets.Intent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncWritebackTest {
    private static final ObjectKey KEY = Bench.sync("k");

    private static final Origin ORIGIN = new Origin("p", "async/source", new Generation(7), 0);

    @TempDir
    Path dir;

    private final FakeRemote s3 = new FakeRemote(true);

    @Test
    void putIsOnS3AndCleanWhenItReturns() {
        try (Bench bench = Bench.over(dir, s3)) {
            PutOutcome outcome = bench.put(KEY, "v1");
            assertThat(outcome.record().state()).isEqualTo(ObjectState.CLEAN);
            assertThat(outcome.record().remoteEtag()).isNotNull();
            assertThat(s3.metadata("s/k"))
                    .containsEntry(
                            "landfall-generation", outcome.record().generation().toString());
            assertThat(bench.delete(KEY)).isTrue();
            assertThat(s3.bytes("s/k")).isNull();
            assertThat(bench.delete(KEY)).isFalse();
            assertThat(bench.store.intents()).isEmpty();
        }
    }

    @Test
    void aRefusalKeepsThePreviousVersion() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            var before = bench.record(KEY);
            s3.days = (op, key) -> new FakeRemote.Day.Answer(new Outcome.Refused("S3 answered 403 AccessDenied"));
            assertThatThrownBy(() -> bench.put(KEY, "v2")).satisfies(e -> has(e, ErrorCode.REMOTE_REFUSED));
            assertThatThrownBy(() -> bench.delete(KEY)).satisfies(e -> has(e, ErrorCode.REMOTE_REFUSED));
            s3.days = (op, key) -> new FakeRemote.Day.Answer(new Outcome.NotSent("refused"));
            assertThatThrownBy(() -> bench.put(KEY, "v2")).satisfies(e -> has(e, ErrorCode.REMOTE_UNAVAILABLE));
            s3.days = (op, key) -> new FakeRemote.Day.Answer(new Outcome.Unclear(true, "S3 answered 503 SlowDown"));
            assertThatThrownBy(() -> bench.put(KEY, "v2")).satisfies(e -> has(e, ErrorCode.REMOTE_UNAVAILABLE));

            assertThat(bench.record(KEY)).isEqualTo(before);
            assertThat(bench.get(KEY)).isEqualTo("v1");
            assertThat(s3.bytes("s/k")).isEqualTo(Bench.bytes("v1"));
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
        }
        try (Bench bench = Bench.over(dir, s3)) {
            assertThat(bench.store.intents()).isEmpty();
        }
    }

    @Test
    void aLostReplyIsSettledAndAnsweredAsStored() {
        s3.days = (op, key) -> new FakeRemote.Day.LoseReply();
        try (Bench bench = Bench.over(dir, s3)) {
            assertThat(bench.put(KEY, "v1").record().state()).isEqualTo(ObjectState.CLEAN);
            assertThat(s3.puts).hasValue(1);
        }
    }

    @Test
    void aDroppedConnectionIsTriedOnceMore() {
        var first = new AtomicInteger();
        s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.LoseRequest() : FakeRemote.GOOD;
        try (Bench bench = Bench.over(dir, s3)) {
            // S3 has it, but the first attempt may be on its way still.
            assertThat(bench.put(KEY, "v1").record().state()).isEqualTo(ObjectState.DIRTY);
            assertThat(s3.puts).hasValue(2);
            bench.flush(Bench.SYNC);
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.CLEAN);
        }
    }

    @Test
    void anUnclearOutcomeIsAnsweredSoAndRolledForward() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            s3.days = (op, key) -> new FakeRemote.Day.LoseRequest();
            s3.down = new Outcome.Unclear(false, "timeout");
            assertThatThrownBy(() -> bench.put(KEY, "v2")).satisfies(e -> has(e, ErrorCode.OUTCOME_UNKNOWN));
            assertThat(bench.get(KEY)).isEqualTo("v2");
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.DIRTY);

            s3.days = (op, key) -> FakeRemote.GOOD;
            s3.down = null;
            bench.flush(Bench.SYNC);
            assertThat(s3.bytes("s/k")).isEqualTo(Bench.bytes("v2"));
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
        }
    }

    @Test
    void aConditionIsDecidedBeforeS3IsChanged() {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            assertThatThrownBy(() -> bench.put(KEY, Bench.bytes("v2"), request(Condition.ABSENT)))
                    .satisfies(e -> has(e, ErrorCode.PRECONDITION_FAILED));
            String etag = bench.record(KEY).etag();
            bench.put(KEY, Bench.bytes("v3"), request(new Condition.IfEtag("\"" + etag + "\"")));
            assertThat(s3.bytes("s/k")).isEqualTo(Bench.bytes("v3"));

            s3.foreign("s/elsewhere", Bench.bytes("x"));
            assertThatThrownBy(() -> bench.put(Bench.sync("elsewhere"), Bench.bytes("v4"), request(Condition.ABSENT)))
                    .satisfies(e -> has(e, ErrorCode.PRECONDITION_FAILED));
            var since = new Condition.IfUnmodifiedSince(java.time.Instant.EPOCH.minusSeconds(1));
            assertThatThrownBy(() -> bench.put(Bench.sync("elsewhere"), Bench.bytes("v4"), request(since)))
                    .satisfies(e -> has(e, ErrorCode.PRECONDITION_FAILED));
            assertThat(s3.puts).hasValue(2);
        }
    }

    @Test
    void aSyncChangeOfADirtyKeyWaitsItsTurnAndSupersedesIt() throws Exception {
        var open = new CountDownLatch(1);
        s3.days = (op, key) -> new FakeRemote.Day.Wait(open);
        try (Bench bench = Bench.over(dir, s3)) {
            ObjectKey key = Bench.async("k");
            bench.put(key, "v1");
            await().until(() -> s3.inFlight.get() == 1);
            bench.put(key, "v2");
            var sync = CompletableFuture.supplyAsync(() -> bench.put(key, Bench.bytes("v3"), inMode()));
            open.countDown();
            assertThat(sync.get(10, TimeUnit.SECONDS).record().state()).isEqualTo(ObjectState.CLEAN);
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v3"));
            assertThat(bench.get(key)).isEqualTo("v3");
            assertThat(s3.mostInFlight).hasValue(1);
        }
    }

    @Test
    void anAsyncChangeDoesNotCommitInsideASyncOne() throws Exception {
        var open = new CountDownLatch(1);
        var first = new AtomicInteger();
        s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.Wait(open) : FakeRemote.GOOD;
        try (Bench bench = Bench.over(dir, s3)) {
            ObjectKey key = Bench.async("k");
            var sync = CompletableFuture.supplyAsync(() -> bench.put(key, Bench.bytes("v1"), inMode()));
            await().until(() -> s3.inFlight.get() == 1);
            var async = CompletableFuture.supplyAsync(() -> bench.put(key, "v2"));
            assertThat(bench.put(Bench.async("other"), "v").kind()).isEqualTo(PutOutcome.Kind.COMMITTED);
            assertThat(async).isNotDone();
            open.countDown();

            var one = sync.get(10, TimeUnit.SECONDS).record().generation();
            var two = async.get(10, TimeUnit.SECONDS).record().generation();
            assertThat(two.isAfter(one)).isTrue();
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v2"));
            assertThat(bench.get(key)).isEqualTo("v2");
        }
    }

    @Test
    void anIntentOfTheLastRunIsRolledForward() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            leaveAnIntent(bench, "v2");
        }
        try (Bench bench = Bench.assignedLater(dir, s3)) {
            await().until(() -> bench.store.intents().isEmpty());
            bench.flush(Bench.SYNC);
            assertThat(bench.get(KEY)).isEqualTo("v2");
            assertThat(s3.bytes("s/k")).isEqualTo(Bench.bytes("v2"));
            assertThat(bench.record(KEY).origin()).isEqualTo(ORIGIN);
            assertThat(bench.record(KEY).metadata()).containsExactlyEntriesOf(Map.of("a", "b"));
            assertThat(bench.store.intents()).isEmpty();
        }
    }

    @Test
    void anIntentWhoseDataAreLostIsFetchedBackIfS3HasIt() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            Intent intent = leaveAnIntent(bench, "v2");
            s3.put(
                    "far-away",
                    "s/k",
                    new RemoteStore.Upload(
                            () -> new java.io.ByteArrayInputStream(Bench.bytes("v2")),
                            2,
                            intent.crc32c(),
                            null,
                            RemoteObject.metadata(Map.of(), intent.generation(), intent.crc32c(), null)),
                    RemoteCondition.NONE);
            loseDataFile(intent);
        }
        try (Bench bench = Bench.over(dir, s3)) {
            await().until(() -> bench.store.intents().isEmpty());
            assertThat(bench.get(KEY)).isEqualTo("v2");
            bench.flush(Bench.SYNC);
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.CLEAN);
        }
    }

    @Test
    void anIntentWhoseDataAreLostIsDroppedIfS3NeverGotIt() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            loseDataFile(leaveAnIntent(bench, "v2"));
        }
        try (Bench bench = Bench.over(dir, s3)) {
            await().until(() -> bench.store.intents().isEmpty());
            assertThat(bench.get(KEY)).isEqualTo("v1");
        }
    }

    private Path lost;

    private Intent leaveAnIntent(Bench bench, String text) {
        var body = bench.store.newBody(KEY, 2);
        body.write(ByteBuffer.wrap(Bench.bytes(text)));
        var intent = Intent.put(
                KEY,
                bench.store.reserve(KEY),
                body,
                null,
                IntentRecovery.withOrigin(Map.of("a", "b"), ORIGIN),
                ChangeCause.PIPELINE);
        bench.store.saveIntent(intent);
        lost = body.paths().getFirst();
        return intent;
    }

    private void loseDataFile(Intent intent) throws Exception {
        java.nio.file.Files.write(lost, new byte[0]);
        assertThat(intent.length()).isEqualTo(2);
    }

    private static PutRequest request(Condition condition) {
        return new PutRequest(2, null, Map.of(), null, ChangeCause.CLIENT, condition, null, null);
    }

    private static PutRequest inMode() {
        return new PutRequest(2, null, Map.of(), WritebackMode.SYNC, ChangeCause.CLIENT, Condition.ALWAYS, null, null);
    }

    private static void has(Throwable e, ErrorCode code) {
        assertThat(e).isInstanceOf(LandfallException.class);
        assertThat(((LandfallException) e).code()).isEqualTo(code);
    }
}
