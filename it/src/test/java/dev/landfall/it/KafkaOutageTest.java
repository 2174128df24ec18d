package dev.landfall.it;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kafka stops under PUT load and comes back. */
@OnSharedCluster
class KafkaOutageTest {
    @Test
    void objectsGoOnWithoutKafkaAndEveryEventArrivesAfterwards(TestCluster cluster) {
        KafkaOutage.run(cluster, Duration.ofSeconds(5));
    }

    @Test
    @Tag("long")
    void objectsGoOnWithoutKafkaForAMinute(TestCluster cluster) {
        KafkaOutage.run(cluster, Duration.ofSeconds(60));
    }
}
