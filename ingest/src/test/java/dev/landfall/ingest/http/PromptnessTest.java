package dev.landfall.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptnessTest {
    private final Hand hand = new Hand();
    private final Promptness disk = new Promptness(2, hand);

    @BeforeEach
    void warmUp() {
        for (int i = 0; i < Promptness.COLD_VISITS; i++) {
            heldUp(0);
        }
    }

    @Test
    void coldCodeIsNoReason() {
        var fresh = new Promptness(2, hand);
        for (int i = 0; i < 10; i++) {
            int place = fresh.enter();
            hand.pass(Promptness.UNNOTICED_COLD);
            assertThat(place).isNotNegative();
            fresh.leave(place);
        }
        int place = fresh.enter();
        hand.pass(Promptness.UNNOTICED_COLD.plusMillis(1));
        fresh.leave(place);
        assertThat(fresh.enter()).isNegative();
    }

    @Test
    void onlySoManyThreadsAreAtTheDiskAtOnce() {
        int first = disk.enter();
        int second = disk.enter();
        assertThat(first).isNotNegative().isNotEqualTo(second);
        assertThat(second).isNotNegative();
        assertThat(disk.enter()).isNegative();
        disk.leave(first);
        assertThat(disk.enter()).isEqualTo(first);
    }

    @Test
    void aDiskThatStalledIsLeftAloneTwoHundredTimesAsLong() {
        heldUp(500);
        hand.pass(Duration.ofMillis(99_999));
        assertThat(disk.enter()).isNegative();
        hand.pass(Duration.ofMillis(2));
        assertThat(disk.enter()).isNotNegative();
    }

    @Test
    void shortDelaysAddUp() {
        for (int i = 0; i < 3; i++) {
            assertThat(heldUp(110)).as("delay %d", i).isTrue();
            hand.pass(Duration.ofSeconds(1));
        }
        assertThat(disk.enter()).isNegative();
    }

    @Test
    void aDelayNowAndThenIsNoReason() {
        for (int i = 0; i < 100; i++) {
            assertThat(heldUp(110)).as("delay %d", i).isTrue();
            hand.pass(Duration.ofSeconds(30));
        }
    }

    @Test
    void nobodyJoinsAThreadThatIsHeldUp() {
        int place = disk.enter();
        hand.pass(Duration.ofMillis(101));
        assertThat(disk.enter()).isNegative();
        disk.leave(place);
        assertThat(disk.enter()).isNotNegative();
    }

    @Test
    void threadsThatAreHeldUpTogetherCountOnce() {
        int one = disk.enter();
        int other = disk.enter();
        hand.pass(Promptness.ALLOWED.minusMillis(1));
        disk.leave(one);
        disk.leave(other);
        assertThat(disk.enter()).isNotNegative();
    }

    @Test
    void whatADiskThatIsWellTakesIsNoReason() {
        for (int i = 0; i < 100; i++) {
            assertThat(heldUp(Promptness.UNNOTICED.toMillis())).isTrue();
        }
    }

    /** Whether the thread was let in. */
    private boolean heldUp(long millis) {
        int place = disk.enter();
        hand.pass(Duration.ofMillis(millis));
        if (place >= 0) {
            disk.leave(place);
        }
        return place >= 0;
    }

    private static final class Hand implements TimeSource {
        private long now = Long.MAX_VALUE - 1; // durations must survive the overflow

        void pass(Duration time) {
            now += time.toNanos();
        }

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(Duration duration) {
            pass(duration);
        }
    }
}
