package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.ByteBuffer;
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
        assertCode(() -> store.trimOutbox(partition(here), 1000), ErrorCode.INSUFFICIENT_STORAGE);
        disk.usable = null;
        put(here, "after").committed();
        assertThat(counts().files()).isEqualTo(1);
        assertThat(counts().openBodies()).isZero();
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
