package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;

final class RecoveryTest extends StoreTest {
    @Test
    void everythingIsThereAfterARestart() {
        ObjectRecord a = put(key("a"), "aaa").committed();
        ObjectRecord b = put(key("b"), "bb").local().os().committed();
        ObjectRecord gone = put(key("c"), "c").committed();
        ObjectRecord tombstone = committed(delete(key("c")));
        var stats = store.dirtyStats(null);
        String id = store.storeId();

        reopen();

        assertThat(store.uncleanStart()).isFalse();
        assertThat(store.storeId()).isEqualTo(id);
        assertThat(store.lookup(key("a"))).contains(a);
        assertThat(content(b)).isEqualTo("bb");
        assertThat(store.lookup(key("c"))).contains(tombstone);
        assertThat(store.read(gone)).isEmpty();
        assertThat(store.dirtyStats(null)).isEqualTo(stats);
        assertThat(store.outboxDepth()).isEqualTo(4);
        assertThat(counts().files()).isEqualTo(2);
    }

    @Test
    void noNumberIsUsedTwiceOverRestartsAndCrashes() throws Exception {
        var seen = new HashSet<Generation>();
        Generation last = Generation.of(0, 0);
        for (int run = 0; run < 3; run++) {
            for (int i = 0; i < 3; i++) {
                Generation reserved = store.reserve(key("a"));
                Generation put = put(key("a"), "x").committed().generation();
                assertThat(seen.add(reserved) && seen.add(put)).isTrue();
                assertThat(reserved).isGreaterThan(last);
                last = put;
            }
            crash();
        }
    }

    @Test
    void aCrashKeepsWhatWasCommittedAndRemovesWhatWasNot() throws Exception {
        put(key("a"), "old").committed();
        ObjectRecord a = put(key("a"), "new").committed();
        ObjectRecord b = put(key("b"), "left to the kernel").local().os().committed();
        BodyWriter unfinished = body(key("c"), "half");

        crash();

        assertThat(store.uncleanStart()).isTrue();
        assertThat(store.lookup(key("a"))).contains(a);
        assertThat(content(key("a"))).isEqualTo("new");
        assertThat(content(b)).isEqualTo("left to the kernel");
        assertThat(store.lookup(key("c"))).isEmpty();
        assertThat(counts().files()).isEqualTo(2);
        unfinished.close();
    }

    @Test
    void aFileThatAPowerCutSpoiltIsQuarantinedBeforeAnybodySeesIt() throws Exception {
        ObjectRecord bad = put(key("bad"), "four").os().committed();
        ObjectRecord lost = put(key("lost"), "four").os().committed();
        ObjectRecord good = put(key("good"), "four").os().committed();

        crash(copy -> {
            Files.writeString(pathIn(copy, bad), "f\0\0\0");
            Files.delete(pathIn(copy, lost));
        });

        assertCorrupt(bad);
        assertCorrupt(bad);
        assertCorrupt(lost);
        assertThat(content(good)).isEqualTo("four");
        assertThat(counts().quarantined()).isEqualTo(1);
        assertThat(counts().unsynced()).isZero();
        put(key("bad"), "again").committed();
        put(key("lost"), "again").committed();
        assertThat(content(key("bad"))).isEqualTo("again");
    }

    @Test
    void aRefillOfACorruptObjectKeepsItsGeneration() throws Exception {
        ObjectRecord bad = put(key("bad"), "four").os().clean().committed();
        crash(copy -> Files.writeString(pathIn(copy, bad), ""));
        assertCorrupt(bad);

        var fill = new Change.Fill(
                key("bad"),
                body(key("bad"), "four"),
                null,
                Map.of(),
                bad.modified(),
                bad.etag(),
                "\"e\"",
                bad.mode(),
                bad.generation());
        assertThat(committed(fill).generation()).isEqualTo(bad.generation());
        assertThat(content(key("bad"))).isEqualTo("four");
    }

    @Test
    void anIntentAndItsBodySurviveACrash() throws Exception {
        Intent intent = intent(key("a"), "promised");
        store.saveIntent(intent);
        assertThat(store.intents()).as("of this run").isEmpty();

        crash();

        assertThat(store.intents()).containsExactly(intent);
        BodyWriter body = store.recoverBody(intent).orElseThrow();
        assertThat(body.length()).isEqualTo(8);
        assertThat(body.crc32c()).isEqualTo(intent.crc32c());
        body.close();
        new PutBuilder(key("a"), body).clean().reserved(intent.generation()).committed();
        assertThat(content(key("a"))).isEqualTo("promised");
        assertThat(store.intents()).isEmpty();
        assertThat(counts().intents()).isZero();
    }

    @Test
    void aDroppedIntentLeavesNothing() throws Exception {
        Intent first = intent(key("a"), "refused");
        store.saveIntent(first);
        store.dropIntent(first);
        assertThat(counts().files()).isZero();

        Intent second = intent(key("a"), "refused later");
        store.saveIntent(second);
        crash();
        store.dropIntent(second);

        assertThat(store.intents()).isEmpty();
        assertThat(counts()).isEqualTo(new StoreInspector.Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aSpoiltBodyOfAnIntentIsNotGivenOut() throws Exception {
        Intent intent = intent(key("a"), "promised");
        store.saveIntent(intent);
        crash(copy -> Files.writeString(pathIn(copy, key("a"), intent.fileId()), "promise"));

        assertThat(store.recoverBody(intent)).isEmpty();
        store.dropIntent(intent);
        assertThat(counts().files()).isZero();
        assertThat(counts().quarantined()).isEqualTo(1);
    }

    @Test
    void anIntentThatIsFulfilledWithAnotherBodyLeavesNothing() throws Exception {
        Intent intent = intent(key("a"), "promised");
        store.saveIntent(intent);
        crash();

        put(key("a"), "fetched from S3").clean().reserved(intent.generation()).committed();

        assertThat(store.intents()).isEmpty();
        assertThat(counts().files()).isEqualTo(1);
        assertThat(counts().intents()).isZero();
    }

    @Test
    void anIntentSurvivesACleanStopToo() {
        Intent intent = intent(key("a"), "promised");
        store.saveIntent(intent);

        reopen();

        assertThat(store.intents()).containsExactly(intent);
        assertThat(store.recoverBody(intent)).isPresent();
        store.dropIntent(intent);
        assertThat(counts().files()).isZero();
    }

    @Test
    void dataFilesWithoutTheirIndexAreNotTakenForLeftovers() throws Exception {
        put(key("a"), "precious").committed();
        store.close();
        for (Path disk : config().mountpaths()) {
            Files.move(disk.resolve("index"), disk.resolve("index-away"));
        }

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("index is missing");

        for (Path disk : config().mountpaths()) {
            FileUtils.deleteDirectory(disk.resolve("index").toFile());
            Files.move(disk.resolve("index-away"), disk.resolve("index"));
        }
        store = open();
        assertThat(content(key("a"))).isEqualTo("precious");
    }

    @Test
    void aSecondStoreOnTheSameMountpathIsRefused() {
        assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class).hasMessageContaining("in use");
        put(key("a"), "goes on").committed();
    }

    @Test
    void anEpochCannotGoBack() {
        ObjectRecord first = put(key("a"), "1").committed();
        store.assign(epochs(3));
        ObjectRecord second = put(key("a"), "2").committed();

        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(second.generation().epoch()).isEqualTo(3);
        assertThatThrownBy(() -> store.assign(epochs(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("epoch");
    }

    @Test
    void afterCloseEverythingIsRefused() {
        store.close();
        assertThatThrownBy(() -> store.newBody(key("a"), 1)).isInstanceOf(LandfallException.class);
        assertThatThrownBy(() -> store.lookup(key("a"))).isInstanceOf(LandfallException.class);
        assertThat(store.commit(delete(key("a")))).isCompletedExceptionally();
        store = open();
    }

    private Intent intent(ObjectKey key, String content) {
        BodyWriter body = body(key, content);
        return Intent.put(key, store.reserve(key), body, "text/plain", Map.of("a", "b"), ChangeCause.CLIENT);
    }

    private void assertCorrupt(ObjectRecord record) {
        assertThatThrownBy(() -> store.read(record))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_OBJECT));
    }

    private Path pathIn(Path copy, ObjectRecord record) {
        return pathIn(copy, record.key(), record.fileId());
    }

    private Path pathIn(Path copy, ObjectKey key, long fileId) {
        return copy.resolve("disk-" + partition(key) % 2)
                .resolve("data/%016x/%016x".formatted(fileId >>> FileIds.BLOCK_BITS, fileId));
    }
}
