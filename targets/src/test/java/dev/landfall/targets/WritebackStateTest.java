package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.BucketName;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.model.WritebackMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class WritebackStateTest extends StoreTest {
    private static ObjectRecord.DirtyMark mark(ObjectRecord record) {
        return Objects.requireNonNull(record.dirtySince());
    }

    private Change.Fill fill(String name, String content, Generation expected) {
        return new Change.Fill(
                key(name),
                body(key(name), content),
                "text/plain",
                Map.of(),
                Instant.EPOCH,
                "remote-etag",
                "\"remote\"",
                WritebackMode.ASYNC,
                expected);
    }

    @Test
    void aDirtyPutIsListedAndCountedUntilItIsClean() {
        ObjectRecord record = put(key("a"), "12345").committed();
        int partition = partition(key("a"));

        assertThat(store.dirty(partition, -1, 10)).containsExactly(record);
        assertThat(store.dirtyStats(null))
                .isEqualTo(new DirtyStats(1, 5, 0, mark(record).since()));
        assertThat(store.dirtyStats(BUCKET)).isEqualTo(store.dirtyStats(null));
        assertThat(store.dirtyStats(new BucketName("other"))).isEqualTo(DirtyStats.NONE);

        ObjectRecord clean = committed(new Change.MarkClean(key("a"), record.generation(), "\"e\""));

        assertThat(clean.state()).isEqualTo(ObjectState.CLEAN);
        assertThat(clean.generation()).isEqualTo(record.generation());
        assertThat(clean.remoteEtag()).isEqualTo("\"e\"");
        assertThat(store.dirty(partition, -1, 10)).isEmpty();
        assertThat(store.dirtyStats(null)).isEqualTo(DirtyStats.NONE);
        var events = store.outbox(partition, -1, 10);
        assertThat(events).extracting(e -> e.event().type()).containsExactly(EventType.PUT, EventType.UPLOADED);
        assertThat(events.getLast().event().detail()).isEqualTo("\"e\"");
    }

    @Test
    void aCleanMarkOfAnOlderGenerationChangesNothing() {
        ObjectRecord first = put(key("a"), "1").committed();
        ObjectRecord second = put(key("a"), "22").committed();

        var result = commit(new Change.MarkClean(key("a"), first.generation(), "\"e\""));

        assertThat(result).isEqualTo(new CommitResult.Rejected(CommitResult.Reason.CHANGED, second));
        assertThat(store.lookup(key("a"))).contains(second);
        assertThat(store.dirtyStats(null).bytes()).isEqualTo(2);
    }

    @Test
    void aSecondCleanMarkIsNoNews() {
        ObjectRecord record = put(key("a"), "1").committed();
        var mark = new Change.MarkClean(key("a"), record.generation(), "\"e\"");
        commit(mark);
        long outbox = store.outboxDepth();

        assertThat(commit(mark)).isInstanceOf(CommitResult.Committed.class);
        assertThat(store.outboxDepth()).isEqualTo(outbox);
    }

    @Test
    void overwritingWhileDirtyKeepsThePlaceInTheOrder() {
        var names = namesOfOnePartition(3);
        ObjectRecord first = put(key(names.get(0)), "1").committed();
        put(key(names.get(1)), "2").committed();
        put(key(names.get(2)), "3").committed();
        ObjectRecord again = put(key(names.get(0)), "one").committed();
        ObjectRecord deleted = committed(delete(key(names.get(1))));
        int partition = partition(key(names.get(0)));

        assertThat(mark(again)).isEqualTo(mark(first));
        assertThat(store.dirty(partition, -1, 10))
                .extracting(r -> r.key().name())
                .containsExactlyElementsOf(names);
        assertThat(store.dirty(partition, mark(again).order(), 1)).containsExactly(deleted);
        assertThat(store.dirtyStats(null).objects()).isEqualTo(3);
        assertThat(store.dirtyStats(null).bytes()).isEqualTo(4);
    }

    @Test
    void aPutThatS3HasAlreadyEndsTheDirtyState() {
        put(key("a"), "async").committed();
        ObjectRecord sync = put(key("a"), "sync").clean().committed();

        assertThat(sync.state()).isEqualTo(ObjectState.CLEAN);
        assertThat(store.dirtyStats(null)).isEqualTo(DirtyStats.NONE);
        assertThat(counts().dirty()).isZero();
    }

    @Test
    void parkedCountsAsBytesButNotAsAge() {
        ObjectRecord record = put(key("a"), "12345").committed();
        int partition = partition(key("a"));

        ObjectRecord parked = committed(new Change.Park(key("a"), record.generation(), "403"));

        assertThat(parked.state()).isEqualTo(ObjectState.PARKED);
        assertThat(store.dirtyStats(null)).isEqualTo(new DirtyStats(1, 5, 1, null));
        assertThat(store.dirty(partition, -1, 10)).containsExactly(parked);
        assertThat(store.outbox(partition, -1, 10).getLast().event().type()).isEqualTo(EventType.PARKED);
        assertThat(store.outbox(partition, -1, 10).getLast().event().detail()).isEqualTo("403");

        ObjectRecord unparked = committed(new Change.Unpark(key("a"), record.generation()));
        assertThat(unparked).isEqualTo(record);
        assertThat(store.dirtyStats(null))
                .isEqualTo(new DirtyStats(1, 5, 0, mark(record).since()));
        assertThat(store.outboxDepth()).isEqualTo(2);
    }

    @Test
    void aNewGenerationOfAParkedKeyIsTriedAgain() {
        ObjectRecord record = put(key("a"), "1").committed();
        commit(new Change.Park(key("a"), record.generation(), "403"));

        ObjectRecord again = put(key("a"), "22").committed();

        assertThat(mark(again)).isEqualTo(mark(record));
        assertThat(store.dirtyStats(null))
                .isEqualTo(new DirtyStats(1, 2, 0, mark(record).since()));
    }

    @Test
    void aDeleteIsDirtyLikeAnyChange() {
        put(key("a"), "1").committed();
        ObjectRecord tombstone = committed(delete(key("a")));

        assertThat(store.dirty(partition(key("a")), -1, 10)).containsExactly(tombstone);
        assertThat(store.dirtyStats(null).objects()).isEqualTo(1);
        assertThat(store.dirtyStats(null).bytes()).isZero();
        commit(new Change.MarkClean(key("a"), tombstone.generation(), null));
        assertThat(store.dirtyStats(null)).isEqualTo(DirtyStats.NONE);
    }

    @Test
    void aFillIsNoChange() {
        ObjectRecord filled = committed(fill("a", "cold", null));

        assertThat(filled.etag()).isEqualTo("remote-etag");
        assertThat(filled.state()).isEqualTo(ObjectState.CLEAN);
        assertThat(filled.modified()).isEqualTo(Instant.EPOCH);
        assertThat(content(key("a"))).isEqualTo("cold");
        assertThat(store.outboxDepth()).isZero();

        ObjectRecord again = committed(fill("a", "cold", filled.generation()));
        assertThat(again.generation()).isEqualTo(filled.generation());
        assertThat(again.fileId()).isNotEqualTo(filled.fileId());
        assertThat(counts().files()).isEqualTo(1);
    }

    @Test
    void aFillLosesAgainstAnythingNewer() {
        var late = fill("a", "cold", null);
        ObjectRecord put = put(key("a"), "new").committed();
        assertThat(commit(late)).isEqualTo(new CommitResult.Rejected(CommitResult.Reason.CHANGED, put));
        assertThat(commit(fill("a", "cold", put.generation()))).as("dirty").isInstanceOf(CommitResult.Rejected.class);

        ObjectRecord tombstone = committed(delete(key("a")));
        assertThat(commit(fill("a", "cold", null))).isInstanceOf(CommitResult.Rejected.class);
        assertThat(commit(fill("a", "cold", tombstone.generation()))).isInstanceOf(CommitResult.Rejected.class);
        assertThat(counts().files()).isZero();
    }

    @Test
    void aReservedGenerationIsUsedAndMustBeNewer() {
        Generation older = store.reserve(key("a"));
        Generation reserved = store.reserve(key("a"));

        ObjectRecord record = put(key("a"), "1").clean().reserved(reserved).committed();

        assertThat(reserved).isGreaterThan(older);
        assertThat(record.generation()).isEqualTo(reserved);
        assertThat(put(key("a"), "2").clean().reserved(older).commit())
                .isEqualTo(new CommitResult.Rejected(CommitResult.Reason.CHANGED, record));
        assertThat(put(key("a"), "3").committed().generation()).isGreaterThan(reserved);
    }

    private List<String> namesOfOnePartition(int count) {
        return java.util.stream.IntStream.range(0, 1000)
                .mapToObj(i -> "n" + i)
                .filter(name -> partition(key(name)) == 0)
                .limit(count)
                .toList();
    }
}
