package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ObjectRecord;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class ConcurrencyTest extends StoreTest {
    private static final int WRITERS = 6;
    private static final int PUTS = 80;
    private static final int NAMES = 5;

    @Test
    void writersReadersRelayAndReaperDoNotDisturbEachOther() throws Exception {
        var heard = new ConcurrentHashMap<String, ObjectRecord>();
        store.onCommit(record -> heard.merge(record.key().name(), record, (old, now) -> {
            assertThat(now.generation()).isGreaterThanOrEqualTo(old.generation());
            return now;
        }));
        try (var threads = Executors.newCachedThreadPool()) {
            var writers = new ArrayList<Future<?>>();
            for (int w = 0; w < WRITERS; w++) {
                int seed = w;
                writers.add(threads.submit(task(() -> write(new Random(seed)))));
            }
            var helpers = List.of(
                    threads.submit(task(() -> whileRunning(writers, () -> read(new Random(99))))),
                    threads.submit(task(() -> whileRunning(writers, this::relay))),
                    threads.submit(task(() -> whileRunning(writers, this::upload))),
                    threads.submit(
                            task(() -> whileRunning(writers, () -> store.reapTombstones(Duration.ofSeconds(-1))))));
            for (Future<?> future : writers) {
                future.get();
            }
            for (Future<?> helper : helpers) {
                helper.get();
            }
        }
        heard.forEach((name, record) -> store.lookup(key(name))
                .ifPresent(now -> assertThat(now.generation()).isEqualTo(record.generation())));
        var counts = counts();
        assertThat(counts.files()).isEqualTo(counts.records());
        assertThat(counts.openBodies() + counts.readers() + counts.garbage()).isZero();
    }

    private interface Step {
        void run() throws Exception;
    }

    private static Callable<Void> task(Step step) {
        return () -> {
            step.run();
            return null;
        };
    }

    private static void whileRunning(List<Future<?>> writers, Step step) throws Exception {
        do {
            step.run();
        } while (!writers.stream().allMatch(Future::isDone));
    }

    private void write(Random random) {
        for (int i = 0; i < PUTS; i++) {
            String name = "n" + random.nextInt(NAMES);
            if (random.nextInt(6) == 0) {
                commit(delete(key(name)));
            } else {
                var put = put(key(name), name + " " + "x".repeat(random.nextInt(300)));
                (random.nextBoolean() ? put.os() : put).committed();
            }
        }
    }

    private void read(Random random) throws Exception {
        String name = "n" + random.nextInt(NAMES);
        ObjectRecord record = store.lookup(key(name)).orElse(null);
        if (record != null) {
            try (BodyReader reader = store.read(record).orElse(null)) {
                if (reader != null) {
                    assertThat(Files.readString(reader.paths().getFirst()))
                            .startsWith(name + " ")
                            .hasSize((int) record.size());
                }
            }
        }
    }

    private void relay() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var entries = store.outbox(partition, -1, 10);
            assertThat(entries).extracting(OutboxEntry::sequence).isSorted();
            if (!entries.isEmpty()) {
                store.trimOutbox(partition, entries.getLast().sequence());
            }
        }
    }

    private void upload() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (ObjectRecord record : store.dirty(partition, -1, 3)) {
                commit(new Change.MarkClean(record.key(), record.generation(), "\"e\""));
            }
        }
    }
}
