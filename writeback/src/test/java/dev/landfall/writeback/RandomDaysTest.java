package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import dev.landfall.targets.DirtyStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random changes in both modes against an S3 that loses, delays and refuses, with restarts: in the end both sides agree. */
class RandomDaysTest {
    private static final int KEYS = 5;

    @TempDir
    Path dir;

    @ParameterizedTest(name = "seed {0}, conditions {1}")
    @CsvSource({"1,true", "2,false", "3,true", "4,false"})
    void s3EndsAtTheLastWord(long seed, boolean conditions) throws Exception {
        var random = new Random(seed);
        var s3 = new FakeRemote(conditions);
        // Less than the attempt timeout, which is what the promise rests on where there are no conditions.
        s3.lateLife = Duration.ofMillis(400);
        Map<String, String> model = new HashMap<>();
        for (int run = 0; run < 3; run++) {
            s3.days = (op, key) -> day(random);
            try (Bench bench = Bench.over(dir, s3)) {
                for (int i = 0; i < 60; i++) {
                    change(bench, random, model, run + "-" + i);
                    if (random.nextInt(20) == 0) {
                        s3.arriveLate();
                    }
                }
                check(bench, model);
            }
        }
        s3.days = (op, key) -> FakeRemote.GOOD;
        try (Bench bench = Bench.over(dir, s3)) {
            s3.arriveLate();
            bench.flush(Bench.ASYNC);
            check(bench, model);
            for (int k = 0; k < KEYS; k++) {
                String expected = model.get("k" + k);
                byte[] there = s3.bytes("a/k" + k);
                assertThat(there == null ? null : new String(there, java.nio.charset.StandardCharsets.UTF_8))
                        .as("k%d on S3", k)
                        .isEqualTo(expected);
            }
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
            assertThat(bench.store.intents()).isEmpty();
        }
    }

    private static FakeRemote.Day day(Random random) {
        synchronized (random) {
            return switch (random.nextInt(10)) {
                case 0 -> new FakeRemote.Day.LoseReply();
                case 1 -> new FakeRemote.Day.LoseRequest();
                case 2 -> new FakeRemote.Day.Late();
                case 3 -> new FakeRemote.Day.Answer(new Outcome.NotSent("refused"));
                case 4 -> new FakeRemote.Day.Answer(new Outcome.Unclear(true, "503"));
                case 5 -> new FakeRemote.Day.Answer(new Outcome.Refused("403"));
                default -> FakeRemote.GOOD;
            };
        }
    }

    private static void change(Bench bench, Random random, Map<String, String> model, String text) {
        String name;
        WritebackMode mode;
        boolean delete;
        synchronized (random) {
            name = "k" + random.nextInt(KEYS);
            mode = random.nextInt(4) == 0 ? WritebackMode.SYNC : WritebackMode.ASYNC;
            delete = random.nextInt(4) == 0;
        }
        ObjectKey key = Bench.async(name);
        String previous = model.get(name);
        try {
            if (delete) {
                model.remove(name);
                bench.tiered.delete(key, new DeleteRequest(mode, ChangeCause.CLIENT, Condition.ALWAYS, null));
            } else {
                model.put(name, text);
                byte[] body = Bench.bytes(text);
                bench.put(
                        key,
                        body,
                        new PutRequest(
                                body.length, null, Map.of(), mode, ChangeCause.CLIENT, Condition.ALWAYS, null, null));
            }
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.REMOTE_REFUSED || e.code() == ErrorCode.REMOTE_UNAVAILABLE) {
                // For certain: as if it had never been.
                if (previous == null) {
                    model.remove(name);
                } else {
                    model.put(name, previous);
                }
            } else {
                assertThat(e.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
            }
        }
    }

    private static void check(Bench bench, Map<String, String> model) throws Exception {
        for (int k = 0; k < KEYS; k++) {
            var record = bench.store.lookup(Bench.async("k" + k));
            String expected = model.get("k" + k);
            assertThat(record.filter(r -> !r.tombstone()).isPresent())
                    .as("k%d is here", k)
                    .isEqualTo(expected != null);
            if (expected != null) {
                assertThat(bench.get(Bench.async("k" + k))).isEqualTo(expected);
            }
        }
    }
}
