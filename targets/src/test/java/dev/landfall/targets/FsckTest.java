package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;

final class FsckTest extends StoreTest {
    @Test
    void aHealthyMountpathIsClean() {
        put(key("a"), "aaa").committed();
        put(key("b"), "b").committed();
        committed(delete(key("b")));
        store.close();

        Fsck.Report first = Fsck.check(config().mountpaths().get(0));
        Fsck.Report second = Fsck.check(config().mountpaths().get(1));

        assertThat(first.findings()).isEmpty();
        assertThat(second.findings()).isEmpty();
        assertThat(first.objects() + second.objects()).isEqualTo(1);
        assertThat(first.tombstones() + second.tombstones()).isEqualTo(1);
        store = open();
    }

    @Test
    void aFlippedBitAndAStrayFileAreFound() throws Exception {
        ObjectRecord a = put(key("a"), "aaa").committed();
        store.close();
        Path disk = config().mountpaths().get(partition(key("a")) % 2);
        Path file = fileOf(disk, a);
        Files.writeString(file, "aba");
        Files.writeString(file.resolveSibling(String.format("%016x", a.fileId() | 0x3ff)), "whose");

        Fsck.Report report = Fsck.check(disk);

        assertThat(report.lost()).isEqualTo(1);
        assertThat(report.unknownFiles()).isEqualTo(1);
        assertThat(report.findings()).hasSize(2).anyMatch(f -> f.contains("bucket/a"));
        Files.writeString(file, "aaa");
        Files.delete(file.resolveSibling(String.format("%016x", a.fileId() | 0x3ff)));
        store = open();
    }

    @Test
    void aRunningMountpathIsRefused() {
        assertThatThrownBy(() -> Fsck.check(config().mountpaths().get(0))).hasMessageContaining("in use");
    }

    @Test
    void aLostIndexIsMadeAnewFromTheDataFiles() throws Exception {
        ObjectRecord dirty = put(key("dirty"), "dirty").committed();
        ObjectRecord local = put(key("local"), "local").local().os().committed();
        put(key("twice"), "first").committed();
        ObjectRecord twice = put(key("twice"), "second").clean().committed();
        put(key("gone"), "gone").committed();
        committed(delete(key("gone")));
        ObjectRecord bad = put(key("bad"), "whole").committed();
        String id = store.storeId();
        store.close();
        for (Path disk : config().mountpaths()) {
            FileUtils.deleteDirectory(disk.resolve("index").toFile());
        }
        Files.writeString(fileOf(config().mountpaths().get(partition(key("bad")) % 2), bad), "whale");
        assertThatThrownBy(this::open).hasMessageContaining("fsck --rebuild");

        Fsck.Report first = Fsck.rebuild(config().mountpaths().get(0));
        Fsck.Report second = Fsck.rebuild(config().mountpaths().get(1));
        store = Store.open(config(), disk);
        store.assign(epochs(2));

        assertThat(first.objects() + second.objects()).isEqualTo(3);
        assertThat(first.tombstones() + second.tombstones()).isEqualTo(1);
        assertThat(first.lost() + second.lost()).isEqualTo(1);
        assertThat(first.unknownFiles() + second.unknownFiles()).isZero();
        assertThat(store.storeId()).as("the cluster gives new epochs").isNotEqualTo(id);
        ObjectRecord now = store.lookup(key("dirty")).orElseThrow();
        assertThat(now.generation()).isEqualTo(dirty.generation());
        assertThat(now.state()).isEqualTo(ObjectState.DIRTY);
        assertThat(content(now)).isEqualTo("dirty");
        assertThat(store.lookup(key("local"))).contains(local);
        assertThat(store.lookup(key("twice"))).contains(twice);
        assertThat(store.lookup(key("gone")).orElseThrow().tombstone()).isTrue();
        assertThat(store.lookup(key("bad"))).isEmpty();
        assertThat(counts().quarantined()).isEqualTo(1);
        ObjectRecord next = put(key("dirty"), "next").committed();
        assertThat(next.generation()).isGreaterThan(dirty.generation());
        assertThat(next.generation().epoch()).isEqualTo(2);
        String rebuilt = store.storeId();
        reopen2();
        assertThat(store.storeId()).isEqualTo(rebuilt);
    }

    @Test
    void aMountpathThatJoinsAfterARebuildIsOfTheIncarnationThatWasBegun() throws Exception {
        put(key("a"), "a").committed();
        store.close();
        for (Path disk : config().mountpaths()) {
            FileUtils.deleteDirectory(disk.resolve("index").toFile());
            Fsck.rebuild(disk);
        }
        store = Store.open(config(), disk);
        store.assign(epochs(2));
        String rebuilt = store.storeId();

        store.mountpaths().add(Files.createDirectory(directory.resolve("disk-2")));
        for (Path old : config().mountpaths()) {
            store.mountpaths().drain(old);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> store.mountpaths().list().stream()
                            .noneMatch(info -> info.path().equals(old.toString())
                                    && !info.state().equals("gone")));
        }
        reopen2();

        assertThat(store.storeId())
                .as("or the cluster takes it for one that was replaced")
                .isEqualTo(rebuilt);
        assertThat(content(key("a"))).isEqualTo("a");
    }

    private void reopen2() {
        store.close();
        store = Store.open(config(), disk);
        store.assign(epochs(2));
    }

    private static Path fileOf(Path disk, ObjectRecord record) {
        long id = record.fileId();
        return disk.resolve("data/%016x/%016x".formatted(id >>> FileIds.BLOCK_BITS, id));
    }
}
