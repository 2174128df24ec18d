package dev.landfall.it;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link KillTest}, at random moments: {@code -Dmoments=100 -Dseed=…}. */
@Tag("campaign")
class KillCampaign {
    private static final int MOMENTS_PER_DIRECTORY = 10;

    @TempDir
    private Path dir;

    @Test
    void whatWasAnsweredBeforeAKillIsServedUploadedAndAnnouncedAtRandomMoments() {
        int moments = Integer.getInteger("moments", 100);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("Kill campaign: " + moments + " moments, seed " + seed);
        Random random = new Random(seed);
        DevProcess dev = null;
        try {
            for (int i = 0; i < moments; i++) {
                Path directory = dir.resolve("run-" + i / MOMENTS_PER_DIRECTORY);
                if (i % MOMENTS_PER_DIRECTORY == 0) {
                    if (dev != null) {
                        dev.close();
                    }
                    directory.toFile().mkdirs();
                    dev = KillTest.startDev(directory);
                    KillTest.prepare(dev);
                }
                int answers = 1 + random.nextInt(KillTest.PUTS - 1);
                PutLoad load = KillTest.putAndKill(dev, "moment-" + i + "/", answers, seed + i);
                dev = KillTest.startDev(directory);
                KillTest.check(load, dev);
                System.out.println(
                        "Kill " + (i + 1) + " of " + moments + ", after " + answers + " answers: nothing lost");
            }
        } finally {
            if (dev != null) {
                dev.close();
            }
        }
    }
}
