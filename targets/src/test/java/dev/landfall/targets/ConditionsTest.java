package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Origin;
import dev.landfall.targets.CommitResult.Reason;
import org.junit.jupiter.api.Test;

final class ConditionsTest extends StoreTest {
    private Reason refused(PutBuilder put) {
        long outbox = store.outboxDepth();
        long files = counts().files();
        var rejected = (CommitResult.Rejected) put.commit();
        assertThat(store.outboxDepth()).isEqualTo(outbox);
        assertThat(counts().files())
                .as("the body of a rejected change is removed")
                .isEqualTo(files - 1);
        assertThat(rejected.current()).isEqualTo(store.lookup(put.key).orElse(null));
        return rejected.reason();
    }

    @Test
    void ifAbsentHoldsOfNothingAndOfATombstone() {
        put(key("a"), "1").when(Condition.ABSENT).committed();
        assertThat(refused(put(key("a"), "2").when(Condition.ABSENT))).isEqualTo(Reason.PRECONDITION);
        commit(delete(key("a")));
        put(key("a"), "3").when(Condition.ABSENT).committed();
    }

    @Test
    void ifEtagComparesWithAndWithoutQuotes() {
        ObjectRecord first = put(key("a"), "1").committed();
        ObjectRecord second = put(key("a"), "2")
                .when(new Condition.IfEtag("\"" + first.etag() + "\""))
                .committed();
        put(key("a"), "3").when(new Condition.IfEtag(second.etag())).committed();

        assertThat(refused(put(key("a"), "4").when(new Condition.IfEtag(second.etag()))))
                .isEqualTo(Reason.PRECONDITION);
        put(key("a"), "5").when(new Condition.IfEtag("*")).committed();
        assertThat(refused(put(key("b"), "6").when(new Condition.IfEtag("*")))).isEqualTo(Reason.PRECONDITION);
    }

    @Test
    void ifGenerationComparesTheCurrentOne() {
        ObjectRecord first = put(key("a"), "1").committed();
        put(key("a"), "2").when(new Condition.IfGeneration(first.generation())).committed();
        assertThat(refused(put(key("a"), "3").when(new Condition.IfGeneration(first.generation()))))
                .isEqualTo(Reason.PRECONDITION);
    }

    @Test
    void outputsOfOneSourceOnlyGetNewer() {
        var old = new Origin("pipeline", "in/a", Generation.of(1, 5), 0);
        var replay = new Origin("pipeline", "in/a", Generation.of(1, 5), 1);
        var newer = new Origin("pipeline", "in/a", Generation.of(1, 6), 0);

        output(replay, false).committed();
        assertThat(refused(output(replay, false))).isEqualTo(Reason.STORED);
        assertThat(refused(output(old, false))).isEqualTo(Reason.SUPERSEDED);
        assertThat(refused(output(old, true))).isEqualTo(Reason.SUPERSEDED);
        output(newer, false).committed();
        assertThat(store.lookup(key("out")).orElseThrow().origin()).isEqualTo(newer);
    }

    @Test
    void outputsOfOthersAreOverwrittenOnlyOnDemand() {
        var mine = new Origin("pipeline", "in/a", Generation.of(1, 5), 0);
        var other = new Origin("pipeline", "in/b", Generation.of(1, 1), 0);
        output(mine, false).committed();
        assertThat(refused(output(other, false))).isEqualTo(Reason.OUTPUT_CONFLICT);
        output(other, true).committed();

        put(key("out"), "by a user").committed();
        assertThat(refused(output(mine, false))).isEqualTo(Reason.OUTPUT_CONFLICT);
        output(mine, true).committed();
    }

    @Test
    void aDeletedOutputMayBeMadeAgain() {
        var origin = new Origin("pipeline", "in/a", Generation.of(1, 5), 0);
        output(origin, false).committed();
        commit(delete(key("out")));
        output(origin, false).committed();
    }

    @Test
    void unmodifiedSinceIsDecidedToTheSecond() {
        var longAgo = java.time.Instant.EPOCH;
        put(key("a"), "1").when(new Condition.IfUnmodifiedSince(longAgo)).committed();
        var modified = store.lookup(key("a")).orElseThrow().modified();
        assertThat(refused(put(key("a"), "2").when(new Condition.IfUnmodifiedSince(longAgo))))
                .isEqualTo(Reason.PRECONDITION);
        var second = modified.truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        put(key("a"), "2").when(new Condition.IfUnmodifiedSince(second)).committed();
    }

    @Test
    void changesOfOneGroupSeeEachOther() {
        var one = store.commit(put(key("a"), "1").when(Condition.ABSENT).change());
        var two = store.commit(put(key("a"), "2").when(Condition.ABSENT).change());
        var three = store.commit(put(key("a"), "3").change());

        assertThat(one.join()).isInstanceOf(CommitResult.Committed.class);
        assertThat(two.join()).isInstanceOf(CommitResult.Rejected.class);
        assertThat(three.join()).isInstanceOf(CommitResult.Committed.class);
        assertThat(content(key("a"))).isEqualTo("3");
        assertThat(counts().files()).isEqualTo(1);
    }

    private PutBuilder output(Origin origin, boolean overwrite) {
        return put(key("out"), "output").origin(origin).when(new Condition.IfOutput(origin, overwrite));
    }
}
