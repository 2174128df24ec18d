package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import dev.landfall.targets.DirtyStats;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentChangesTest {
    @TempDir
    Path dir;

    @Test
    void manyWritersInBothModesOfFewKeysLeaveBothSidesEqual() throws Exception {
        var s3 = new FakeRemote(true);
        s3.days = (op, key) -> switch (ThreadLocalRandom.current().nextInt(20)) {
            case 0 -> new FakeRemote.Day.LoseReply();
            case 1 -> new FakeRemote.Day.LoseRequest();
            case 2 -> new FakeRemote.Day.Answer(new Outcome.NotSent("refused"));
            default -> FakeRemote.GOOD;
        };
        try (Bench bench = Bench.over(dir, s3);
                var threads = Executors.newFixedThreadPool(6)) {
            var writers = IntStream.range(0, 6)
                    .<Callable<Void>>mapToObj(w -> () -> {
                        write(bench, w);
                        return null;
                    })
                    .toList();
            for (var done : threads.invokeAll(writers)) {
                done.get();
            }
            s3.days = (op, key) -> FakeRemote.GOOD;
            bench.flush(Bench.ASYNC);

            for (int k = 0; k < 3; k++) {
                var record = bench.store.lookup(Bench.async("k" + k)).filter(r -> !r.tombstone());
                byte[] there = s3.bytes("a/k" + k);
                assertThat(there != null).isEqualTo(record.isPresent());
                if (record.isPresent()) {
                    assertThat(bench.get(Bench.async("k" + k))).isEqualTo(new String(there, StandardCharsets.UTF_8));
                    assertThat(s3.metadata("a/k" + k))
                            .containsEntry(
                                    "landfall-generation",
                                    record.get().generation().toString());
                }
            }
            assertThat(bench.dirty()).isEqualTo(DirtyStats.NONE);
            assertThat(bench.store.intents()).isEmpty();
        }
    }

    private static void write(Bench bench, int writer) {
        var random = new Random(writer);
        for (int i = 0; i < 60; i++) {
            var key = Bench.async("k" + random.nextInt(3));
            var mode = random.nextInt(3) == 0 ? WritebackMode.SYNC : WritebackMode.ASYNC;
            try {
                if (random.nextInt(4) == 0) {
                    bench.tiered.delete(key, new DeleteRequest(mode, ChangeCause.CLIENT, Condition.ALWAYS, null));
                } else {
                    byte[] body = Bench.bytes(writer + "-" + i);
                    var request = new PutRequest(
                            body.length, null, Map.of(), mode, ChangeCause.CLIENT, Condition.ALWAYS, null, null);
                    bench.put(key, body, request);
                }
            } catch (LandfallException e) {
                assertThat(e.code()).isIn(ErrorCode.REMOTE_UNAVAILABLE, ErrorCode.OUTCOME_UNKNOWN, ErrorCode.BUSY);
            }
        }
    }
}
