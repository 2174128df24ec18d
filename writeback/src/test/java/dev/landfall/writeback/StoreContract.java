package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.model.Partitions;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.Condition;
import dev.landfall.targets.Intent;
import dev.landfall.targets.ObjectStore;
import dev.landfall.targets.OutboxEntry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What write-back relies on in a store, the real one and the simulated one. */
abstract class StoreContract {
    static final int PARTITIONS = 4;
    private static final ObjectKey KEY = new ObjectKey(new BucketName("bucket"), "k");
    private static final int PARTITION = Partitions.of(KEY, PARTITIONS);

    /** Runs a test against the open store, which owns all partitions in epoch 1. Again: after a restart. */
    abstract void with(Consumer<ObjectStore> test);

    @Test
    void aCommittedPutIsVisibleDirtyAndAnEvent() {
        with(store -> {
            ObjectRecord record = put(store, "v1", null);
            assertThat(store.lookup(KEY)).contains(record);
            assertThat(record.state()).isEqualTo(ObjectState.DIRTY);
            assertThat(store.dirty(PARTITION, -1, 10)).containsExactly(record);
            assertThat(store.dirtyStats(null).objects()).isOne();
            assertThat(store.dirtyStats(null).bytes()).isEqualTo(2);
            assertThat(store.outbox(PARTITION, -1, 10)).singleElement().satisfies(entry -> {
                assertThat(entry.event().type()).isEqualTo(EventType.PUT);
                assertThat(entry.event().generation()).isEqualTo(record.generation());
            });
            assertThat(store.read(record)).hasValueSatisfying(reader -> {
                assertThat(reader.record()).isEqualTo(record);
                reader.close();
            });
        });
    }

    @Test
    void aClosedBodyIsNoChange() {
        with(store -> {
            try (BodyWriter body = store.newBody(KEY, 2)) {
                body.write(ByteBuffer.wrap(Bench.bytes("v1")));
            }
            assertThat(store.lookup(KEY)).isEmpty();
            assertThat(store.outboxDepth()).isZero();
        });
    }

    @Test
    void anOverwriteKeepsThePlaceInTheDirtyIndex() {
        with(store -> {
            ObjectRecord first = put(store, "v1", null);
            ObjectRecord second = put(store, "v2", null);
            assertThat(second.generation().isAfter(first.generation())).isTrue();
            assertThat(second.dirtySince()).isEqualTo(first.dirtySince());
            assertThat(store.read(first)).isEmpty();
            assertThat(store.dirty(PARTITION, -1, 10)).containsExactly(second);
        });
    }

    @Test
    void onlyTheNewestGenerationIsMarkedClean() {
        with(store -> {
            ObjectRecord first = put(store, "v1", null);
            ObjectRecord second = put(store, "v2", null);
            assertThat(commit(store, new Change.MarkClean(KEY, first.generation(), "e1")))
                    .isInstanceOf(CommitResult.Rejected.class);
            assertThat(commit(store, new Change.MarkClean(KEY, second.generation(), "e2")))
                    .isInstanceOf(CommitResult.Committed.class);
            assertThat(store.lookup(KEY).orElseThrow().state()).isEqualTo(ObjectState.CLEAN);
            assertThat(store.dirtyStats(null).objects()).isZero();
            assertThat(store.outbox(PARTITION, -1, 10))
                    .last()
                    .satisfies(entry -> assertThat(entry.event().type()).isEqualTo(EventType.UPLOADED));
        });
    }

    @Test
    void aDeleteLeavesADirtyTombstone() {
        with(store -> {
            put(store, "v1", null);
            assertThat(commit(store, delete())).isInstanceOf(CommitResult.Committed.class);
            ObjectRecord tombstone = store.lookup(KEY).orElseThrow();
            assertThat(tombstone.tombstone()).isTrue();
            assertThat(tombstone.state()).isEqualTo(ObjectState.DIRTY);
            assertThat(store.list(KEY.bucket(), "", "", 10)).isEmpty();
            assertThat(commit(store, delete()))
                    .isEqualTo(new CommitResult.Rejected(CommitResult.Reason.NOT_FOUND, tombstone));
        });
    }

    @Test
    void aReservedGenerationThatIsNotNewerIsRejected() {
        with(store -> {
            Generation reserved = store.reserve(KEY);
            ObjectRecord newer = put(store, "v2", null);
            assertThat(newer.generation().isAfter(reserved)).isTrue();
            assertThat(commit(store, change(store, "v1", reserved, Condition.ALWAYS)))
                    .isEqualTo(new CommitResult.Rejected(CommitResult.Reason.CHANGED, newer));
        });
    }

    @Test
    void aConditionIsDecidedInTheCommit() {
        with(store -> {
            put(store, "v1", null);
            assertThat(commit(store, change(store, "v2", null, Condition.ABSENT)))
                    .isInstanceOf(CommitResult.Rejected.class);
        });
    }

    @Test
    void whatIsParkedIsNotDirtyUntilItIsArmedAgain() {
        with(store -> {
            ObjectRecord record = put(store, "v1", null);
            commit(store, new Change.Park(KEY, record.generation(), "403"));
            assertThat(store.lookup(KEY).orElseThrow().state()).isEqualTo(ObjectState.PARKED);
            assertThat(store.dirtyStats(null).parked()).isOne();
            commit(store, new Change.Unpark(KEY, record.generation()));
            assertThat(store.lookup(KEY)).contains(record);
        });
    }

    @Test
    void theOutboxIsInCommitOrderAndTrimmedByRange() {
        with(store -> {
            for (int i = 0; i < 3; i++) {
                put(store, "v" + i, null);
            }
            List<OutboxEntry> all = store.outbox(PARTITION, -1, 10);
            assertThat(all)
                    .extracting(entry -> entry.event().generation())
                    .isSorted()
                    .hasSize(3);
            store.trimOutbox(PARTITION, all.get(1).sequence());
            assertThat(store.outbox(PARTITION, -1, 10)).containsExactly(all.get(2));
            assertThat(store.outboxDepth()).isOne();
        });
    }

    @Test
    void anIntentAndItsBodySurviveARestart() {
        Intent[] saved = new Intent[1];
        with(store -> {
            BodyWriter body = body(store, "v1");
            saved[0] = Intent.put(KEY, store.reserve(KEY), body, null, Map.of(), ChangeCause.CLIENT);
            store.saveIntent(saved[0]);
            body.close();
        });
        with(store -> {
            assertThat(store.intents()).containsExactly(saved[0]);
            BodyWriter body = store.recoverBody(saved[0]).orElseThrow();
            assertThat(body.crc32c()).isEqualTo(saved[0].crc32c());
            assertThat(commit(store, put(body, saved[0].generation(), Condition.ALWAYS)))
                    .isInstanceOf(CommitResult.Committed.class);
            assertThat(store.intents()).isEmpty();
        });
        with(store -> assertThat(store.intents()).isEmpty());
    }

    @Test
    void aDroppedIntentIsGone() {
        with(store -> {
            BodyWriter body = body(store, "v1");
            Intent intent = Intent.put(KEY, store.reserve(KEY), body, null, Map.of(), ChangeCause.CLIENT);
            store.saveIntent(intent);
            store.dropIntent(intent);
        });
        with(store -> {
            assertThat(store.intents()).isEmpty();
            assertThat(store.lookup(KEY)).isEmpty();
        });
    }

    @Test
    void aColdFillLosesAgainstAnIntentAndAgainstARecord() {
        with(store -> {
            store.saveIntent(Intent.delete(KEY, store.reserve(KEY), ChangeCause.CLIENT));
            assertThat(commit(store, fill(store))).isInstanceOf(CommitResult.Rejected.class);
        });
        with(store -> {
            store.dropIntent(store.intents().getFirst());
            put(store, "v1", null);
            assertThat(commit(store, fill(store))).isInstanceOf(CommitResult.Rejected.class);
        });
    }

    @Test
    void generationsGoOnAfterARestart() {
        Generation[] last = new Generation[1];
        with(store -> {
            put(store, "v1", null);
            last[0] = store.reserve(KEY);
        });
        with(store -> assertThat(store.reserve(KEY).isAfter(last[0])).isTrue());
    }

    @Test
    void anotherOwnersKeyIsRefused() {
        with(store -> {
            store.assign(Map.of());
            assertThatThrownBy(() -> store.lookup(KEY))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_OWNER));
        });
    }

    private static ObjectRecord put(ObjectStore store, String text, Generation reserved) {
        CommitResult result = commit(store, change(store, text, reserved, Condition.ALWAYS));
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).record();
    }

    private static CommitResult commit(ObjectStore store, Change change) {
        return store.commit(change).join();
    }

    private static Change change(ObjectStore store, String text, Generation reserved, Condition condition) {
        return put(body(store, text), reserved, condition);
    }

    private static BodyWriter body(ObjectStore store, String text) {
        BodyWriter body = store.newBody(KEY, text.length());
        body.write(ByteBuffer.wrap(Bench.bytes(text)));
        return body;
    }

    private static Change put(BodyWriter body, Generation reserved, Condition condition) {
        return new Change.Put(
                KEY,
                body,
                null,
                Map.of(),
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                Durability.FSYNC,
                true,
                true,
                condition,
                reserved,
                null,
                null,
                null);
    }

    private static Change delete() {
        return new Change.Delete(
                KEY,
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                Durability.FSYNC,
                true,
                true,
                false,
                Condition.ALWAYS,
                null,
                null);
    }

    private static Change fill(ObjectStore store) {
        return new Change.Fill(
                KEY, body(store, "far"), null, Map.of(), Instant.EPOCH, "e", "e", WritebackMode.ASYNC, null);
    }
}
