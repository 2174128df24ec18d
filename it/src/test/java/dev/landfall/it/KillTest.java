package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kill -9 of everything that {@code landfall dev} runs, in the middle of asynchronous PUTs with a slow S3. */
@Order(1) // the longest
class KillTest {
    static final int PUTS = 2_000;
    private static final int CLIENTS = 16;

    @TempDir
    private static Path dir;

    private static DevProcess dev;

    @BeforeAll
    static void start() {
        dev = startDev(dir);
        prepare(dev);
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    @ParameterizedTest(name = "after {0} answers")
    @ValueSource(ints = {1, 300, 900, 1_500, 1_999})
    void whatWasAnsweredBeforeAKillIsServedUploadedAndAnnounced(int answers) {
        long start = System.nanoTime();
        PutLoad load = putAndKill(dev, "after-" + answers + "/", answers, answers);
        long killed = System.nanoTime();
        dev = startDev(dir);
        long ready = System.nanoTime();
        check(load, dev);
        System.out.printf(
                "Killed after %d answers: load %.1f s, start %.1f s, check %.1f s%n",
                answers, (killed - start) / 1e9, (ready - killed) / 1e9, (System.nanoTime() - ready) / 1e9);
    }

    static DevProcess startDev(Path dir) {
        return DevProcess.start(
                dir.resolve("dev"), "--targets", "3", "--s3-latency", "100ms", "--s3-attempt-timeout", "4s");
    }

    static void prepare(DevProcess dev) {
        try (S3Side s3 = dev.s3()) {
            s3.withBucket("remote");
        }
        new Api(dev.http()).asyncBucket("killed", "s3://remote/killed");
    }

    /** Puts, and kills everything after so many answers. */
    static PutLoad putAndKill(DevProcess dev, String prefix, int answers, long seed) {
        PutLoad load = new PutLoad("killed", prefix, seed);
        AtomicBoolean killed = new AtomicBoolean();
        load.run(new Api(dev.http()), PUTS, CLIENTS, count -> {
            if (count >= answers && killed.compareAndSet(false, true)) {
                dev.kill9();
            }
        });
        assertThat(load.refusals()).as("replies other than 200").isEmpty();
        assertThat(killed).as("killed in the middle").isTrue();
        dev.close();
        return load;
    }

    /** What must hold on the directory after the kill, which may have seen others. */
    static void check(PutLoad load, DevProcess dev) {
        try (Topic topic = Topic.open(dev.kafka(), Topic.OBJECTS);
                S3Side s3 = dev.s3()) {
            new Aftermath(load, "killed").check(new Api(dev.http()), topic, s3, "remote", "killed/");
        }
    }
}
