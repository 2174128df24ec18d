package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.EventType;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

final class ObjectsTest extends StoreTest {
    @Test
    void putIsInvisibleUntilCommitted() {
        var put = put(key("a"), "hello");

        assertThat(store.lookup(key("a"))).isEmpty();
        ObjectRecord record = put.committed();

        assertThat(store.lookup(key("a"))).contains(record);
        assertThat(content(record)).isEqualTo("hello");
        assertThat(record.size()).isEqualTo(5);
        assertThat(record.contentType()).isEqualTo("text/plain");
        assertThat(record.metadata()).isEqualTo(Map.of("colour", "blue"));
        assertThat(record.etag()).isEqualTo(ObjectRecord.etagOf(record.generation(), record.crc32c()));
    }

    @Test
    void everyCommitTakesANewerGeneration() {
        ObjectRecord first = put(key("a"), "1").committed();
        ObjectRecord second = put(key("a"), "2").committed();
        ObjectRecord third = committed(delete(key("a")));

        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(third.generation()).isGreaterThan(second.generation());
    }

    @Test
    void overwriteReturnsWhatWasThereAndRemovesItsFile() {
        ObjectRecord first = put(key("a"), "1").committed();

        var result = (CommitResult.Committed) put(key("a"), "22").commit();

        assertThat(result.previous()).isEqualTo(first);
        assertThat(content(key("a"))).isEqualTo("22");
        assertThat(counts().files()).isEqualTo(1);
        assertThat(store.read(first)).isEmpty();
    }

    @Test
    void aReplacedFileStaysUntilItsReadersAreGone() throws Exception {
        ObjectRecord first = put(key("a"), "old").committed();
        try (BodyReader reader = store.read(first).orElseThrow()) {
            put(key("a"), "new").committed();
            commit(delete(key("a")));

            assertThat(counts().garbage()).isEqualTo(1);
            assertThat(Files.readString(reader.paths().getFirst())).isEqualTo("old");
        }
        assertThat(counts().garbage()).isZero();
        assertThat(counts().files()).isZero();
    }

    @Test
    void deleteLeavesATombstoneThatHidesTheObject() {
        put(key("a"), "1").committed();

        ObjectRecord tombstone = committed(delete(key("a")));

        assertThat(tombstone.tombstone()).isTrue();
        assertThat(tombstone.size()).isZero();
        assertThat(tombstone.fileId()).isEqualTo(ObjectRecord.NO_FILE);
        assertThat(store.lookup(key("a"))).contains(tombstone);
        assertThat(store.list(BUCKET, "", "", 10)).isEmpty();
        assertThat(store.read(tombstone)).isEmpty();
        assertThat(counts().files()).isZero();
    }

    @Test
    void deleteOfNothingIsRefusedUnlessBlind() {
        assertThat(commit(delete(key("a")))).isEqualTo(new CommitResult.Rejected(CommitResult.Reason.NOT_FOUND, null));
        assertThat(store.outboxDepth()).isZero();

        var d = delete(key("a"));
        var blind = new Change.Delete(
                d.key(), d.mode(), d.cause(), d.durability(), true, true, true, Condition.ALWAYS, null, null);
        assertThat(committed(blind).tombstone()).isTrue();
        assertThat(commit(delete(key("a")))).isInstanceOf(CommitResult.Rejected.class);
    }

    @Test
    void listIsSortedByBytesAndPagesOverAllMountpaths() {
        var names = List.of("a", "a/1", "a/2", "a0", "b", "ä", "z/ü", "\uD83D\uDE00");
        names.forEach(name -> put(key(name), name).committed());

        var paged = new ArrayList<String>();
        for (String after = ""; ; ) {
            var page = store.list(BUCKET, "", after, 3);
            page.forEach(record -> paged.add(record.key().name()));
            if (page.size() < 3) {
                break;
            }
            after = page.getLast().key().name();
        }

        assertThat(paged)
                .isEqualTo(names.stream()
                        .sorted((x, y) -> key(x).compareTo(key(y)))
                        .toList());
        assertThat(store.list(BUCKET, "a/", "", 10))
                .extracting(r -> r.key().name())
                .containsExactly("a/1", "a/2");
        assertThat(store.list(BUCKET, "a/", "a/1", 10))
                .extracting(r -> r.key().name())
                .containsExactly("a/2");
        assertThat(store.list(BUCKET, "a/", "zzz", 10)).isEmpty();
        assertThat(store.list(BUCKET, "", "", 0)).isEmpty();
        assertThat(store.list(new dev.landfall.model.BucketName("bucket-2"), "", "", 10))
                .isEmpty();
    }

    @Test
    void aDiscardedBodyLeavesNothing() {
        try (BodyWriter body = body(key("a"), "half")) {
            assertThat(body.length()).isEqualTo(4);
            assertThat(counts().openBodies()).isEqualTo(1);
        }
        assertThat(counts().files()).isZero();
        assertThat(counts().openBodies()).isZero();
        assertThat(store.outboxDepth()).isZero();
    }

    @Test
    void closingABodyAfterItsCommitDoesNothing() {
        var put = put(key("a"), "kept");
        put.committed();
        put.body.close();

        assertThat(content(key("a"))).isEqualTo("kept");
    }

    @Test
    void aBodyCanBeCommittedOnce() {
        var put = put(key("a"), "once");
        put.committed();

        assertThatThrownBy(put::commit).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(content(key("a"))).isEqualTo("once");
    }

    @Test
    void copiesAFileAndChecksumsIt() throws Exception {
        Path source = directory.resolve("source");
        byte[] bytes = new byte[300_000];
        new java.util.Random(7).nextBytes(bytes);
        Files.write(source, bytes);
        BodyWriter body = store.newBody(key("a"), bytes.length);
        body.copyFrom(source);
        var crc = new CRC32C();
        crc.update(bytes);

        ObjectRecord record = new PutBuilder(key("a"), body).committed();

        assertThat(record.crc32c()).isEqualTo((int) crc.getValue());
        assertThat(record.size()).isEqualTo(bytes.length);
        try (BodyReader reader = store.read(record).orElseThrow()) {
            assertThat(Files.readAllBytes(reader.paths().getFirst())).isEqualTo(bytes);
        }
    }

    @Test
    void copyOfAMissingFileFailsWithoutHarm() {
        try (BodyWriter body = store.newBody(key("a"), -1)) {
            assertThatThrownBy(() -> body.copyFrom(directory.resolve("nowhere")))
                    .isInstanceOf(LandfallException.class);
        }
        put(key("a"), "goes on").committed();
        assertThat(content(key("a"))).isEqualTo("goes on");
    }

    @Test
    void outboxHoldsOneEventPerChangeInOrder() {
        ObjectRecord first = put(key("a"), "1").committed();
        ObjectRecord second = put(key("a"), "2").committed();
        ObjectRecord third = committed(delete(key("a")));
        int partition = partition(key("a"));

        var entries = store.outbox(partition, -1, 10);

        assertThat(entries)
                .extracting(e -> e.event().type())
                .containsExactly(EventType.PUT, EventType.PUT, EventType.DELETE);
        assertThat(entries)
                .extracting(e -> e.event().generation())
                .containsExactly(first.generation(), second.generation(), third.generation());
        assertThat(entries).extracting(OutboxEntry::sequence).isSorted();
        assertThat(entries).extracting(e -> e.event().target()).containsOnly("node-1");
        assertThat(store.outbox(partition, entries.getFirst().sequence(), 1)).containsExactly(entries.get(1));
        assertThat(store.outboxDepth()).isEqualTo(3);
    }

    @Test
    void trimForgetsUpToTheSequence() {
        put(key("a"), "1").committed();
        put(key("a"), "2").committed();
        put(key("a"), "3").committed();
        int partition = partition(key("a"));
        var entries = store.outbox(partition, -1, 10);

        store.trimOutbox(partition, entries.get(1).sequence());

        assertThat(store.outbox(partition, -1, 10)).containsExactly(entries.get(2));
        assertThat(store.outboxDepth()).isEqualTo(1);
        store.trimOutbox(partition, Long.MAX_VALUE - 1);
        assertThat(store.outboxDepth()).isZero();
        put(key("a"), "4").committed();
        assertThat(store.outbox(partition, -1, 10)).hasSize(1);
    }

    @Test
    void listenersHearEveryChangeAfterItIsVisible() {
        var heard = new ArrayList<ObjectRecord>();
        store.onCommit(record -> {
            assertThat(store.lookup(record.key()).map(ObjectRecord::generation)).contains(record.generation());
            heard.add(record);
        });

        ObjectRecord put = put(key("a"), "1").committed();
        ObjectRecord clean = committed(new Change.MarkClean(key("a"), put.generation(), "\"e\""));

        assertThat(heard).containsExactly(put, clean);
    }

    @Test
    void partitionsOfOthersAreRefused() {
        store.assign(Map.of(partition(key("a")), 1));
        var foreign = List.of("b", "c", "d", "e", "f").stream()
                .map(StoreTest::key)
                .filter(k -> partition(k) != partition(key("a")))
                .findFirst()
                .orElseThrow();

        put(key("a"), "mine").committed();

        assertThatThrownBy(() -> store.newBody(foreign, 1))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_OWNER));
        assertThatThrownBy(() -> store.lookup(foreign)).isInstanceOf(LandfallException.class);
        assertThat(store.assigned()).containsExactly(partition(key("a")));
    }

    @Test
    void aTombstoneGoesWhenS3AndKafkaHaveItAndItIsOld() {
        put(key("a"), "1").committed();
        ObjectRecord tombstone = committed(delete(key("a")));
        int partition = partition(key("a"));

        assertThat(store.reapTombstones(java.time.Duration.ofSeconds(-1)))
                .as("dirty")
                .isZero();
        commit(new Change.MarkClean(key("a"), tombstone.generation(), null));
        assertThat(store.reapTombstones(java.time.Duration.ofSeconds(-1)))
                .as("event not sent")
                .isZero();
        store.trimOutbox(partition, Long.MAX_VALUE - 1);
        assertThat(store.reapTombstones(java.time.Duration.ofHours(1)))
                .as("young")
                .isZero();
        assertThat(store.reapTombstones(java.time.Duration.ofSeconds(-1))).isEqualTo(1);

        assertThat(store.lookup(key("a"))).isEmpty();
        assertThat(counts()).isEqualTo(new StoreInspector.Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
}
