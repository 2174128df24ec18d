package dev.landfall.it;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka stops under PUT load and comes back. */
class KafkaOutageTest {
    @TempDir
    private Path dir;

    @Test
    void objectsGoOnWithoutKafkaAndEveryEventArrivesAfterwards() {
        KafkaOutage.run(dir, Duration.ofSeconds(5));
    }

    @Test
    @Tag("long")
    void objectsGoOnWithoutKafkaForAMinute() {
        KafkaOutage.run(dir, Duration.ofSeconds(60));
    }
}
