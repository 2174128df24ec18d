package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten million objects of 16 bytes on one target, or {@code -Dobjects=N}: for a machine that does nothing else. */
@Tag("campaign")
class ScaleCampaign {
    @TempDir
    private Path dir;

    @Test
    void tenMillionObjectsAreListedAndServedSoonAfterAKill() throws IOException {
        Scale.Figures figures = Scale.measure(dir, Long.getLong("objects", 10_000_000), Duration.ofHours(6));
        assertThat(figures.ratio()).isLessThanOrEqualTo(1.5);
        assertThat(figures.pageOfAll()).as("p99 of a page in ms").isLessThan(20);
        assertThat(figures.startSeconds()).isLessThan(10);
    }
}
