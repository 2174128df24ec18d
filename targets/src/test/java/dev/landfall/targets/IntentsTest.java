package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.WritebackMode;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of an intent and its file when its commit does not succeed at once. */
final class IntentsTest extends StoreTest {
    private final ObjectKey key = key("a");

    @Test
    void aFailedCommitCanBeRetriedFromTheIntent() {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        disk.usable = 0L;
        full(() -> commitOf(intent, body).commit());
        disk.usable = null;
        assertThat(StoreInspector.check(store)).isEmpty();
        assertThat(counts().openBodies()).isZero();

        BodyWriter again = store.recoverBody(intent).orElseThrow();
        commitOf(intent, again).committed();

        assertThat(content(key)).isEqualTo("promised");
        assertThat(counts().intents() + counts().openBodies()).isZero();
        assertThat(counts().files()).isEqualTo(1);
    }

    @Test
    void aFailedCommitIsKeptForTheNextRun() throws Exception {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        disk.usable = 0L;
        full(() -> commitOf(intent, body).commit());
        disk.usable = null;

        crash();

        commitOf(intent, store.recoverBody(intent).orElseThrow()).committed();
        assertThat(content(key)).isEqualTo("promised");
    }

    @Test
    void aCommitThatIsRefusedBeforeItIsQueuedKeepsTheFileToo() {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        store.assign(Map.of());
        assertThatThrownBy(() -> commitOf(intent, body).commit()).isInstanceOf(LandfallException.class);
        store.assign(epochs(1));

        commitOf(intent, store.recoverBody(intent).orElseThrow()).committed();

        assertThat(content(key)).isEqualTo("promised");
    }

    @Test
    void aFailedSyncKeepsTheFileForTheNextRun() {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        disk.failDirectoryForces.set(1);
        assertThatThrownBy(() -> commitOf(intent, body).commit()).isInstanceOf(LandfallException.class);

        reopen();

        commitOf(intent, store.recoverBody(intent).orElseThrow()).committed();
        assertThat(content(key)).isEqualTo("promised");
    }

    @Test
    void aRejectedCommitLeavesIntentAndFileUntilTheIntentIsDropped() {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        ObjectRecord newer = put(key, "newer").committed();

        assertThat(commitOf(intent, body).commit())
                .isEqualTo(new CommitResult.Rejected(CommitResult.Reason.CHANGED, newer));

        assertThat(counts().files()).isEqualTo(2);
        assertThat(counts().intents()).isEqualTo(1);
        assertThat(StoreInspector.check(store)).isEmpty();
        store.dropIntent(intent);
        assertThat(counts().files()).isEqualTo(1);
        assertThat(counts().intents() + counts().openBodies()).isZero();
        assertThat(content(key)).isEqualTo("newer");
    }

    @Test
    void anotherBodyCanFulfilAnIntentWhoseCommitFailed() {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        disk.usable = 0L;
        full(() -> commitOf(intent, body).commit());
        disk.usable = null;

        commitOf(intent, body(key, "from S3")).committed();

        assertThat(content(key)).isEqualTo("from S3");
        assertThat(counts().files()).isEqualTo(1);
    }

    @Test
    void anUntriedBodyIsGivenOutInTheSameRun() {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        body.close();

        commitOf(intent, store.recoverBody(intent).orElseThrow()).committed();

        assertThat(content(key)).isEqualTo("promised");
        assertThat(store.recoverBody(intent)).isEmpty();
    }

    @Test
    void anIntentThatCannotBeSavedLeavesNothing() {
        try (BodyWriter body = body(key, "promised")) {
            disk.usable = 0L;
            full(() -> saved(body));
        }
        disk.usable = null;

        assertThat(counts()).isEqualTo(new StoreInspector.Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(commit(fill(null))).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void aColdFillIsRejectedWhileAChangeOfTheKeyIsOnItsWay() throws Exception {
        BodyWriter body = body(key, "promised");
        Intent intent = saved(body);
        var rejected = new CommitResult.Rejected(CommitResult.Reason.CHANGED, null);

        assertThat(commit(fill(null))).isEqualTo(rejected);
        assertThat(store.commit(fillOf(key("b"), null)).join()).isInstanceOf(CommitResult.Committed.class);
        crash();
        assertThat(commit(fill(null))).isEqualTo(rejected);

        store.dropIntent(intent);
        assertThat(commit(fill(null))).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void anIntentOfADeleteRejectsColdFillsUntilItIsCommitted() {
        Generation generation = store.reserve(key);
        store.saveIntent(Intent.delete(key, generation, ChangeCause.CLIENT));

        assertThat(commit(fill(null))).isEqualTo(new CommitResult.Rejected(CommitResult.Reason.CHANGED, null));

        ObjectRecord tombstone = committed(new Change.Delete(
                key,
                WritebackMode.SYNC,
                ChangeCause.CLIENT,
                dev.landfall.model.Durability.FSYNC,
                true,
                false,
                true,
                Condition.ALWAYS,
                generation,
                null));
        assertThat(tombstone.generation()).isEqualTo(generation);
        assertThat(counts().intents()).isZero();
        store.trimOutbox(partition(key), Long.MAX_VALUE - 1);
        assertThat(store.reapTombstones(java.time.Duration.ofSeconds(-1))).isEqualTo(1);
        assertThat(commit(fill(null))).isInstanceOf(CommitResult.Committed.class);
    }

    private Change.Fill fill(Generation expected) {
        return fillOf(key, expected);
    }

    private Change.Fill fillOf(ObjectKey of, Generation expected) {
        return new Change.Fill(
                of, body(of, "old"), null, Map.of(), Instant.EPOCH, "etag", "\"e\"", WritebackMode.SYNC, expected);
    }

    private PutBuilder commitOf(Intent intent, BodyWriter body) {
        return new PutBuilder(key, body).clean().reserved(intent.generation());
    }

    private Intent saved(BodyWriter body) {
        var intent = Intent.put(key, store.reserve(key), body, "text/plain", Map.of(), ChangeCause.CLIENT);
        store.saveIntent(intent);
        return intent;
    }

    private static void full(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE));
    }
}
