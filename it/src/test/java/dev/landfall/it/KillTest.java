package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kill -9 of everything that {@code landfall dev} runs, in the middle of asynchronous PUTs with a slow S3. */
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
        dev = killAndCheck(dev, dir, "after-" + answers + "/", answers, answers);
    }

    static DevProcess startDev(Path dir) {
        return DevProcess.start(dir.resolve("dev"), "--targets", "3", "--s3-latency", "100ms");
    }

    static void prepare(DevProcess dev) {
        try (S3Side s3 = dev.s3()) {
            s3.withBucket("remote");
        }
        new Api(dev.http()).asyncBucket("killed", "s3://remote/killed");
    }

    /** One kill at one moment, on a directory that may have seen others; the process that runs afterwards. */
    static DevProcess killAndCheck(DevProcess dev, Path dir, String prefix, int answers, long seed) {
        PutLoad load = new PutLoad("killed", prefix, seed);
        AtomicBoolean killed = new AtomicBoolean();
        load.run(new Api(dev.http()), PUTS, CLIENTS, count -> {
            if (count >= answers && killed.compareAndSet(false, true)) {
                dev.kill9();
            }
        });
        assertThat(killed).as("killed in the middle").isTrue();
        dev.close();

        DevProcess next = startDev(dir);
        try (Topic topic = Topic.open(next.kafka(), Topic.OBJECTS);
                S3Side s3 = next.s3()) {
            new Aftermath(load, "killed", prefix).check(new Api(next.http()), topic, s3, "remote", "killed/");
            return next;
        } catch (Throwable e) {
            next.close();
            throw e;
        }
    }
}
