package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts without an answer: S3 ends at the last word all the same. */
class UnclearAttemptsTest {
    private static final ObjectKey KEY = Bench.async("k");

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostReplyIsSettledByALookInsteadOfASecondUpload(boolean conditions) {
        var s3 = new FakeRemote(conditions);
        var first = new AtomicInteger();
        s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.LoseReply() : FakeRemote.GOOD;
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            bench.flush(Bench.ASYNC);
            assertThat(s3.puts).hasValue(1);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v1"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostRequestIsSentAgain(boolean conditions) {
        var s3 = new FakeRemote(conditions);
        var first = new AtomicInteger();
        s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.LoseRequest() : FakeRemote.GOOD;
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            bench.flush(Bench.ASYNC);
            assertThat(s3.puts).hasValue(2);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("v1"));
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5));
    }

    @Test
    void anOlderPutThatArrivesLateIsRepairedWithoutConditions() throws Exception {
        anOlderPutThatArrivesLate(new FakeRemote(false));
    }

    @Test
    void anOlderPutThatArrivesLateFailsWithConditions() throws Exception {
        anOlderPutThatArrivesLate(new FakeRemote(true));
    }

    private void anOlderPutThatArrivesLate(FakeRemote s3) throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            awaitProbe(bench, s3);
            bench.put(KEY, "v0");
            bench.flush(Bench.ASYNC);
            var first = new AtomicInteger();
            s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.Late() : FakeRemote.GOOD;
            bench.time.hold();
            bench.put(KEY, "v1");
            await().until(() -> s3.lateOnes() == 1);
            bench.put(KEY, "v2");
            await().until(() -> "v2".equals(text(s3)));
            if (!s3.conditions) {
                assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.DIRTY);
            }
            s3.arriveLate();
            bench.time.release();
            bench.flush(Bench.ASYNC);
            assertThat(text(s3)).isEqualTo("v2");
            assertThat(bench.get(KEY)).isEqualTo("v2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeleteThatArrivesLateDoesNotTakeAwayTheNextPut(boolean conditions) {
        var s3 = new FakeRemote(conditions);
        try (Bench bench = Bench.over(dir, s3)) {
            awaitProbe(bench, s3);
            bench.put(KEY, "v0");
            bench.flush(Bench.ASYNC);
            s3.days = (op, key) -> op.equals("delete") ? new FakeRemote.Day.Late() : FakeRemote.GOOD;
            bench.time.hold();
            bench.delete(KEY);
            await().until(() -> s3.lateOnes() >= 1);
            bench.put(KEY, "v2");
            await().until(() -> "v2".equals(text(s3)));
            s3.arriveLate();
            assertThat(s3.bytes("a/k")).isNull();
            bench.time.release();
            bench.flush(Bench.ASYNC);
            assertThat(text(s3)).isEqualTo("v2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFirstPutThatArrivesLateDoesNotResurrectWhatWasDeleted(boolean conditions) {
        var s3 = new FakeRemote(conditions);
        s3.days = (op, key) -> op.equals("put") ? new FakeRemote.Day.Late() : FakeRemote.GOOD;
        try (Bench bench = Bench.held(dir, s3)) {
            bench.put(KEY, "v1");
            await().until(() -> s3.lateOnes() >= 1);
            int looks = s3.heads.get();
            bench.delete(KEY);
            await().until(() -> s3.deletes.get() >= 1 || s3.heads.get() > looks);
            s3.arriveLate();
            bench.time.release();
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isNull();
        }
    }

    @Test
    void withoutAnyAnswerTheObjectStaysDirtyAndIsTriedForever() {
        var s3 = new FakeRemote(true);
        s3.days = (op, key) -> new FakeRemote.Day.LoseRequest();
        s3.down = new Outcome.Unclear(false, "timeout");
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            await().until(() -> s3.heads.get() > 8);
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.DIRTY);
            s3.days = (op, key) -> FakeRemote.GOOD;
            s3.down = null;
            bench.flush(Bench.ASYNC);
            assertThat(text(s3)).isEqualTo("v1");
        }
    }

    /** Puts until conditions are in use, or are known not to be. */
    private static void awaitProbe(Bench bench, FakeRemote s3) {
        await().until(() -> {
            bench.put(Bench.async("probe"), "x");
            bench.flush(Bench.ASYNC);
            s3.foreign("a/probe", Bench.bytes("y"));
            bench.put(Bench.async("probe"), "z");
            bench.flush(Bench.ASYNC);
            return !s3.conditions || bench.count("landfall.conflict.412") > 0;
        });
    }

    private static String text(FakeRemote s3) {
        byte[] bytes = s3.bytes("a/k");
        return bytes == null ? null : new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anObjectOfAnotherClusterWithTheSameGenerationIsNotTakenForOurs(boolean conditions, @TempDir Path other)
            throws Exception {
        var s3 = new FakeRemote(conditions);
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "theirs");
            bench.flush(Bench.ASYNC);
        }
        String generation = s3.metadata("a/k").get("landfall-generation");
        var first = new AtomicInteger();
        s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.LoseRequest() : FakeRemote.GOOD;
        try (Bench bench = Bench.over(other, s3)) {
            bench.put(KEY, "ours");
            assertThat(bench.record(KEY).generation()).hasToString(generation);
            bench.flush(Bench.ASYNC);
            assertThat(text(s3)).isEqualTo("ours");
        }
    }

    @Test
    void aDeleteOfTheLastRunThatArrivesLateDoesNotTakeAwayWhatIsPutAfterTheRestart() throws Exception {
        var s3 = new FakeRemote(true);
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v0");
            bench.flush(Bench.ASYNC);
            s3.days = (op, key) -> op.equals("delete") ? new FakeRemote.Day.Late() : FakeRemote.GOOD;
            s3.down = new Outcome.NotSent("down");
            bench.delete(KEY);
            await().until(() -> s3.lateOnes() == 1);
        }
        s3.days = (op, key) -> FakeRemote.GOOD;
        s3.down = null;
        try (Bench bench = Bench.held(dir, s3)) {
            bench.put(KEY, "v2");
            await().until(() -> "v2".equals(text(s3)));
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.DIRTY);
            s3.arriveLate();
            bench.time.release();
            bench.flush(Bench.ASYNC);
            assertThat(text(s3)).isEqualTo("v2");
        }
    }

    @Test
    void whatWasParkedBecauseS3HasANewerOneIsNotSentBlindlyWhenItIsTriedAgain() throws Exception {
        var s3 = new FakeRemote(false);
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "v1");
            bench.flush(Bench.ASYNC);
            var newer = RemoteObject.metadata(
                    java.util.Map.of(), new dev.landfall.model.Generation(Long.MAX_VALUE), 7, null);
            s3.put(
                    "far-away",
                    "a/k",
                    new RemoteStore.Upload(
                            () -> new java.io.ByteArrayInputStream(Bench.bytes("newer")), 5, 7, null, newer),
                    RemoteCondition.NONE);
            var first = new AtomicInteger();
            s3.days = (op, key) -> first.getAndIncrement() == 0 ? new FakeRemote.Day.LoseRequest() : FakeRemote.GOOD;
            bench.put(KEY, "v2");
            await().until(() -> bench.record(KEY).state() == ObjectState.PARKED);
            // Nothing is remembered of the attempt without an answer any more.
            bench.tiered.close();
        }
        int looks = s3.heads.get();
        try (Bench bench = Bench.over(dir, s3)) {
            // A start tries it once more by itself.
            await().until(() -> s3.heads.get() > looks && bench.record(KEY).state() == ObjectState.PARKED);
            assertThat(bench.tiered.retryParked(Bench.ASYNC)).isEqualTo(1);
            await().until(() -> bench.record(KEY).state() == ObjectState.PARKED);
            assertThat(text(s3)).isEqualTo("newer");
        }
    }

    @Test
    void parkingDoesNotForgetAnAttemptWithoutAnAnswer() throws Exception {
        var s3 = new FakeRemote(false);
        var first = new AtomicInteger();
        s3.days = (op, key) -> first.getAndIncrement() == 0
                ? new FakeRemote.Day.Late()
                : new FakeRemote.Day.Answer(new Outcome.Refused("S3 answered 403"));
        try (Bench bench = Bench.held(dir, s3)) {
            bench.put(KEY, "v1");
            await().until(() -> bench.record(KEY).state() == ObjectState.PARKED);
            s3.days = (op, key) -> FakeRemote.GOOD;
            bench.put(KEY, "v2");
            await().until(() -> "v2".equals(text(s3)));
            s3.arriveLate();
            bench.time.release();
            bench.flush(Bench.ASYNC);
            assertThat(text(s3)).isEqualTo("v2");
        }
    }
}
