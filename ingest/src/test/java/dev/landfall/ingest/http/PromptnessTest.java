package dev.landfall.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PromptnessTest {
    private final Hand hand = new Hand();
    private final Promptness disk = new Promptness(2, hand);

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
    void aDiskThatHeldUpAThreadIsLeftAloneTwoHundredTimesAsLong() {
        int place = disk.enter();
        hand.pass(Duration.ofMillis(500));
        disk.leave(place);
        hand.pass(Duration.ofMillis(99_999));
        assertThat(disk.enter()).isNegative();
        hand.pass(Duration.ofMillis(2));
        assertThat(disk.enter()).isNotNegative();
    }

    @Test
    void aThreadThatIsStillHeldUpWarnsTheOthers() {
        int place = disk.enter();
        hand.pass(Promptness.HELD_UP.plusMillis(1));
        assertThat(disk.enter()).isNegative();
        disk.leave(place);
        assertThat(disk.enter()).isNegative();
    }

    @Test
    void whatADiskThatIsWellTakesIsNoReason() {
        for (int i = 0; i < 100; i++) {
            int place = disk.enter();
            hand.pass(Promptness.HELD_UP);
            disk.leave(place);
            assertThat(place).isNotNegative();
        }
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
