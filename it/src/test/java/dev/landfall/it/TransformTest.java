package dev.landfall.it;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transform that takes long. */
class TransformTest {
    @TempDir
    private Path dir;

    @Test
    void otherKeysPassALongTransformAndAKillMakesItRunAgainForOneOutput() throws IOException {
        TransformRun.run(dir, Duration.ofSeconds(8));
    }

    @Test
    @Tag("long")
    void otherKeysPassATransformOfAMinute() throws IOException {
        TransformRun.run(dir, Duration.ofSeconds(60));
    }
}
