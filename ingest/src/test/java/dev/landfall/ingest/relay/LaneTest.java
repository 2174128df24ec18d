package dev.landfall.ingest.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Lane lane = new Lane();

    @Test
    void oneGoesAloneUntilTheBrokerKnowsTheProducer() {
        assertThat(lane.window(0)).isEqualTo(1);
        lane.sent(7, 1);
        assertThat(lane.window(SECOND)).isEqualTo(1);
        lane.acknowledged(7);
        assertThat(lane.takeAcknowledged(SECOND)).isEqualTo(7);
        assertThat(lane.window(2 * SECOND)).isGreaterThan(100);
    }

    @Test
    void oneGoesAloneAgainAfterALongSilence() {
        lane.sent(7, 1);
        lane.acknowledged(7);
        lane.takeAcknowledged(0);
        assertThat(lane.window(3_600 * SECOND)).isEqualTo(1);
    }

    @Test
    void onlyWhatHasNothingUnacknowledgedBeforeItIsTaken() {
        lane.sent(1, 10);
        lane.sent(2, 20);
        lane.acknowledged(2);
        assertThat(lane.takeAcknowledged(0)).isEqualTo(-1);
        assertThat(lane.oldestMillis()).isEqualTo(10);
        lane.acknowledged(1);
        assertThat(lane.takeAcknowledged(0)).isEqualTo(2);
        assertThat(lane.size()).isZero();
    }
}
