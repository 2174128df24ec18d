package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class DiskFaultsTest extends StoreTest {
    private final ObjectKey here = keyOn(0);
    private final ObjectKey elsewhere = keyOn(1);

    @Test
    void aFailedSyncIsNotRetriedAndFencesItsMountpathOnly() {
        ObjectRecord before = put(here, "before").committed();
        var put = put(here, "never");
        int forces = disk.fileForces.get();
        disk.failFileForces.set(1);

        assertCode(put::commit, ErrorCode.MOUNTPATH_FENCED);

        assertThat(disk.fileForces.get()).isEqualTo(forces + 1);
        assertCode(() -> store.lookup(here), ErrorCode.MOUNTPATH_FENCED);
        assertCode(() -> store.newBody(here, 1), ErrorCode.MOUNTPATH_FENCED);
        assertCode(() -> store.list(BUCKET, "", "", 10), ErrorCode.MOUNTPATH_FENCED);
        put(elsewhere, "goes on").committed();
        assertThat(content(elsewhere)).isEqualTo("goes on");

        reopen();
        assertThat(store.uncleanStart()).isTrue();
        assertThat(store.lookup(here)).contains(before);
        assertThat(store.outboxDepth()).isEqualTo(2);
        assertThat(counts().files()).isEqualTo(2);
    }

    @Test
    void aFailedSyncOfADirectoryFences() {
        put(here, "before").committed();
        var put = put(here, "never");
        disk.failDirectoryForces.set(1);

        assertCode(put::commit, ErrorCode.MOUNTPATH_FENCED);

        reopen();
        assertThat(content(here)).isEqualTo("before");
        assertThat(counts().files()).isEqualTo(1);
    }

    @Test
    void aFullDiskRefusesEarlyAndIsUsableAgain() {
        put(here, "before").committed();
        disk.usable = 70L << 20;
        assertCode(() -> store.newBody(here, 50L << 20), ErrorCode.INSUFFICIENT_STORAGE);
        store.newBody(here, 1).close();
        BodyWriter late = body(elsewhere, "late");
        disk.usable = 20L << 20;
        assertCode(() -> store.newBody(here, 1), ErrorCode.INSUFFICIENT_STORAGE);
        assertThat(content(here)).isEqualTo("before");
        commit(delete(here));

        disk.usable = 0L;
        assertCode(() -> new PutBuilder(elsewhere, late).commit(), ErrorCode.INSUFFICIENT_STORAGE);
        disk.usable = null;
        put(here, "after").committed();
        assertThat(counts().files()).isEqualTo(1);
        assertThat(counts().openBodies()).isZero();
    }

    @Test
    void onAFullDiskANodeStartsAndEverythingThatMakesRoomWorks() {
        ObjectRecord clean = put(here, "clean").committed();
        ObjectRecord parked = put(elsewhere, "parked").committed();
        ObjectKey third = key("third");
        BodyWriter refused = body(third, "refused");
        Intent intent = Intent.put(third, store.reserve(third), refused, null, Map.of(), ChangeCause.CLIENT);
        store.saveIntent(intent);
        disk.usable = 0L;

        reopen();

        assertThat(store.uncleanStart()).isFalse();
        assertThat(content(here)).isEqualTo("clean");
        assertThat(committed(new Change.MarkClean(here, clean.generation(), "\"e\""))
                        .dirtySince())
                .isNull();
        committed(new Change.Park(elsewhere, parked.generation(), "403"));
        committed(new Change.Unpark(elsewhere, parked.generation()));
        store.dropIntent(intent);
        committed(delete(here));
        ObjectRecord tombstone = committed(delete(elsewhere));
        committed(new Change.MarkClean(elsewhere, tombstone.generation(), null));
        store.trimOutbox(partition(elsewhere), Long.MAX_VALUE - 1);
        assertThat(store.reapTombstones(java.time.Duration.ofSeconds(-1))).isEqualTo(1);
        assertThat(counts().files()).isZero();
        assertThat(counts().intents()).isZero();
    }

    @Test
    void aDeleteSucceedsInTheGroupOfAPutThatHasNoRoom() {
        for (int i = 0; i < 20; i++) {
            put(key("gone" + i), "x").committed();
        }
        var puts = new ArrayList<Change>();
        for (int i = 0; i < 20; i++) {
            puts.add(put(key("new" + i), "x").change());
        }
        disk.usable = 0L;
        var refused = new ArrayList<CompletableFuture<CommitResult>>();
        var deleted = new ArrayList<CompletableFuture<CommitResult>>();
        for (int i = 0; i < 20; i++) {
            refused.add(store.commit(puts.get(i)));
            deleted.add(store.commit(delete(key("gone" + i))));
        }

        assertThat(deleted).allSatisfy(done -> assertThat(done.join()).isInstanceOf(CommitResult.Committed.class));
        assertThat(refused).allSatisfy(failed -> assertCode(failed::join, ErrorCode.INSUFFICIENT_STORAGE));
        assertThat(counts().files()).isZero();
    }

    @Test
    void replacedFilesAreRemovedBeforeAnythingIsSynced() throws Exception {
        ObjectRecord old = put(here, "old").local().os().committed();
        put(here, "new").local().os().committed();
        Path file = directory
                .resolve("disk-0")
                .resolve("data/%016x/%016x".formatted(old.fileId() >>> FileIds.BLOCK_BITS, old.fileId()));
        disk.failFileForces.set(1);

        assertCode(() -> StoreInspector.check(store), ErrorCode.MOUNTPATH_FENCED);

        assertThat(file).doesNotExist();
        reopen();
        assertThat(content(here)).isEqualTo("new");
    }

    @Test
    void aBodyOfUnknownLengthStopsBeforeTheDiskIsFull() {
        try (BodyWriter body = store.newBody(here, -1)) {
            disk.usable = 1L << 20;
            assertCode(
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            body.write(ByteBuffer.allocate(1 << 20));
                        }
                    },
                    ErrorCode.INSUFFICIENT_STORAGE);
            assertThat(body.length()).isLessThan(4 << 20);
        }
        disk.usable = null;
        assertThat(counts().files()).isZero();
    }

    @Test
    void nothingIsSyncedForDurabilityOsUntilLater() {
        int forces = disk.fileForces.get();
        put(here, "to the kernel").local().os().committed();

        assertThat(counts().unsynced()).as("counting syncs first").isZero();
        assertThat(disk.fileForces.get()).isEqualTo(forces + 1);
    }

    @Test
    void aFailedLateSyncFences() {
        ObjectRecord record = put(here, "to the kernel").local().os().committed();
        disk.failFileForces.set(1);

        assertCode(() -> StoreInspector.check(store), ErrorCode.MOUNTPATH_FENCED);

        reopen();
        assertThat(content(record)).isEqualTo("to the kernel");
    }

    private static void assertCode(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .extracting(e -> e instanceof CompletionException ? e.getCause() : e)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private ObjectKey keyOn(int mountpath) {
        for (int i = 0; ; i++) {
            if (partition(key("k" + i)) % 2 == mountpath) {
                return key("k" + i);
            }
        }
    }
}
