package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store process is killed in the middle of its load, again and again on the same directory. */
final class KillTest {
    private static final List<Integer> ANSWERS_BEFORE_KILL = List.of(1, 150, 1200);

    private record Acknowledged(boolean delete, Generation generation, long number) {}

    @TempDir
    Path directory;

    private final Map<String, Acknowledged> newest = new HashMap<>();
    private final Map<String, List<Generation>> changes = new HashMap<>();

    @Test
    void whatWasAcknowledgedIsThereAndNothingElse() throws Exception {
        for (int round = 0; round < ANSWERS_BEFORE_KILL.size(); round++) {
            runAndKill(round, ANSWERS_BEFORE_KILL.get(round));
            verify();
        }
    }

    private void runAndKill(int seed, int answers) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreProcess.class.getName(),
                        directory.resolve("store").toString(),
                        Integer.toString(seed),
                        "4")
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).as(stderr()).isEqualTo("ready");
            for (int i = 0; i < answers; i++) {
                acknowledged(lines.readLine());
            }
            // Through its handle: Process.destroyForcibly would close the stream that is still to be read.
            child.toHandle().destroyForcibly();
            // What was printed before the kill was acknowledged too; the last line may be torn.
            List<String> rest = lines.lines().toList();
            rest.subList(0, Math.max(rest.size() - 1, 0)).forEach(this::acknowledged);
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(stderr()).isEmpty();
    }

    private void acknowledged(String line) {
        String[] words = line.split(" ");
        var generation = Generation.parse(words[2]);
        changes.computeIfAbsent(words[1], name -> new ArrayList<>()).add(generation);
        newest.merge(
                words[1],
                new Acknowledged(words[0].equals("delete"), generation, Long.parseLong(words[3])),
                (a, b) -> a.generation.isAfter(b.generation) ? a : b);
    }

    private void verify() throws IOException {
        ObjectStore store = StoreProcess.open(directory.resolve("store"));
        try {
            assertThat(store.uncleanStart()).isTrue();
            for (var entry : newest.entrySet()) {
                verify(store, entry.getKey(), entry.getValue());
            }
            verifyEvents(store);
            assertThat(StoreInspector.check(store)).isEmpty();
            var counts = StoreInspector.counts(store);
            assertThat(counts.files()).isEqualTo(counts.records());
            assertThat(counts.quarantined()).isZero();
        } finally {
            store.close();
        }
    }

    private void verify(ObjectStore store, String name, Acknowledged acknowledged) throws IOException {
        ObjectRecord record =
                store.lookup(new ObjectKey(StoreProcess.BUCKET, name)).orElseThrow();
        if (record.generation().isAfter(acknowledged.generation)) {
            // A change that was committed, and killed before its acknowledgement: it must be whole all the same.
            newest.put(
                    name,
                    new Acknowledged(
                            record.tombstone(),
                            record.generation(),
                            record.tombstone()
                                    ? 0
                                    : Long.parseLong(record.metadata().get("number"))));
            verify(store, name, newest.get(name));
            return;
        }
        assertThat(record.generation()).isEqualTo(acknowledged.generation);
        assertThat(record.tombstone()).isEqualTo(acknowledged.delete);
        if (!record.tombstone()) {
            try (BodyReader reader = store.read(record).orElseThrow()) {
                assertThat(Files.readString(reader.path())).isEqualTo(StoreProcess.content(name, acknowledged.number));
            }
        }
    }

    /** Every acknowledged change has its event, per key in generation order, and no number stands for two changes. */
    private void verifyEvents(ObjectStore store) {
        Map<String, List<Generation>> events = new HashMap<>();
        var seen = new HashSet<String>();
        for (int partition = 0; partition < StoreProcess.PARTITIONS; partition++) {
            for (OutboxEntry entry : store.outbox(partition, -1, Integer.MAX_VALUE)) {
                var event = entry.event();
                if (event.type() == EventType.PUT || event.type() == EventType.DELETE) {
                    assertThat(seen.add(partition + " " + event.generation())).isTrue();
                    events.computeIfAbsent(event.key().name(), name -> new ArrayList<>())
                            .add(event.generation());
                }
            }
        }
        events.forEach((name, generations) -> {
            assertThat(generations).isSorted();
            assertThat(generations.getLast())
                    .isEqualTo(store.lookup(new ObjectKey(StoreProcess.BUCKET, name))
                            .orElseThrow()
                            .generation());
        });
        changes.forEach((name, generations) -> assertThat(events.get(name)).containsAll(generations));
    }

    private String stderr() throws IOException {
        Path file = directory.resolve("stderr");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
