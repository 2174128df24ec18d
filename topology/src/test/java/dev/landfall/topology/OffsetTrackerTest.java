package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OffsetTrackerTest {
    @Test
    void commitsTheLowestUnfinishedAndRemembersTheRest() {
        var tracker = tracker(10, 20);
        List.of(10L, 12L, 13L, 17L).forEach(tracker::finish);

        assertThat(tracker.lowestUnfinished()).isEqualTo(11);

        var again = new OffsetTracker(11, tracker.metadata());
        List<Long> toDo = new ArrayList<>();
        for (long offset = 11; offset < 20; offset++) {
            if (again.start(offset)) {
                toDo.add(offset);
            }
        }
        assertThat(toDo).containsExactly(11L, 14L, 15L, 16L, 18L, 19L);
        toDo.forEach(again::finish);
        assertThat(again.lowestUnfinished()).isEqualTo(20);
        assertThat(again.metadata()).isEmpty();
    }

    @Test
    void offsetsWithoutARecordCountAsFinished() {
        var tracker = new OffsetTracker(0, "");
        tracker.start(3);
        tracker.start(5);
        tracker.passedTo(9);
        assertThat(tracker.lowestUnfinished()).isEqualTo(3);

        tracker.finish(5);
        tracker.finish(3);

        assertThat(tracker.lowestUnfinished()).isEqualTo(9);
    }

    @Test
    void theMetadataIsBoundedAndRubbishCountsAsNothing() {
        var tracker = tracker(0, 20_000);
        for (long offset = 1; offset < 20_000; offset += 2) {
            tracker.finish(offset);
        }
        assertThat(tracker.metadata())
                .hasSizeLessThanOrEqualTo(OffsetTracker.MAX_METADATA)
                .hasSizeGreaterThan(3_000);
        assertThat(new OffsetTracker(0, tracker.metadata()).start(1)).isFalse();
        for (String rubbish : List.of("x", "v1:", "v1:?", "v1:1", "v1:1+0,", "v1:-4+1,", "v2:1+1,")) {
            assertThat(new OffsetTracker(0, rubbish).start(0)).as(rubbish).isTrue();
        }
    }

    @Test
    void agreesWithASetWhateverTheOrder() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        List<Long> order = new ArrayList<>();
        for (long offset = 0; offset < 200; offset++) {
            order.add(offset);
        }
        Collections.shuffle(order, random);
        var tracker = tracker(0, 200);
        var finished = new java.util.TreeSet<Long>();
        for (long offset : order) {
            tracker.finish(offset);
            finished.add(offset);
            long lowest = 0;
            while (finished.contains(lowest)) {
                lowest++;
            }
            assertThat(tracker.lowestUnfinished()).as("seed %d", seed).isEqualTo(lowest);
            var again = new OffsetTracker(lowest, tracker.metadata());
            for (long other = lowest; other < 200; other++) {
                assertThat(again.start(other))
                        .as("seed %d, offset %d", seed, other)
                        .isNotEqualTo(finished.contains(other));
            }
        }
    }

    private static OffsetTracker tracker(long from, long to) {
        var tracker = new OffsetTracker(from, "");
        for (long offset = from; offset < to; offset++) {
            tracker.start(offset);
        }
        return tracker;
    }
}
