package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** Seeds of {@link Simulation}. {@code -Dseed=N} runs that one; {@code -Dseeds=FROM:COUNT} chooses those of a campaign. */
@Isolated("a lock shared with another class would be let go in real time, and the run be another one")
class SimulationTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.landfall");

    private Level level;

    @BeforeEach
    void quiet() {
        level = LOG.getLevel();
        LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        LOG.setLevel(level);
    }

    @Test
    void nothingPromisedIsBroken() {
        run(1, 500);
    }

    @Test
    @Tag("long")
    void nothingPromisedIsBrokenInManyRuns() {
        run(1_001, 5_000);
    }

    /** The first 10,000 take about a minute and a half of processor time. */
    @Test
    @Tag("campaign")
    void nothingPromisedIsBrokenInAMillionRuns() {
        String[] chosen = System.getProperty("seeds", "10001:1000000").split(":");
        run(Long.parseLong(chosen[0]), Long.parseLong(chosen[1]));
    }

    private static void run(long from, long count) {
        Long only = Long.getLong("seed");
        long changes = 0;
        for (long seed = from; seed < from + count && only == null; seed++) {
            changes += Simulation.run(seed);
            if ((seed - from + 1) % 10_000 == 0) {
                System.out.println((seed - from + 1) + " of " + count + " seeds, " + changes + " changes");
            }
        }
        if (only != null) {
            changes = Simulation.run(only);
        }
        assertThat(changes).isPositive();
    }
}
