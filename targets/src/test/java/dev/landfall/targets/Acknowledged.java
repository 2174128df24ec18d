package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** What {@link StoreProcess} said it had committed, over several lives on the same directory, and whether it is so. */
final class Acknowledged {
    private record Change(boolean delete, Generation generation, long number) {}

    private final Map<String, Change> newest = new HashMap<>();
    private final Map<String, List<Generation>> generations = new HashMap<>();

    /** Takes a line that the process printed. */
    void add(String line) {
        String[] words = line.split(" ");
        var change = new Change(words[0].equals("delete"), Generation.parse(words[2]), Long.parseLong(words[3]));
        generations.computeIfAbsent(words[1], name -> new ArrayList<>()).add(change.generation);
        newest.merge(words[1], change, (a, b) -> a.generation.isAfter(b.generation) ? a : b);
    }

    void verify(ObjectStore store) throws IOException {
        for (var entry : newest.entrySet()) {
            ObjectRecord record = store.lookup(new ObjectKey(StoreProcess.BUCKET, entry.getKey()))
                    .orElseThrow();
            if (record.generation().isAfter(entry.getValue().generation)) {
                // A change that was committed, and killed before its acknowledgement: it must be whole all the same.
                String number = record.metadata().getOrDefault("number", "0");
                entry.setValue(new Change(record.tombstone(), record.generation(), Long.parseLong(number)));
            }
            verify(store, record, entry.getValue());
        }
        verifyEvents(store);
        assertThat(StoreInspector.check(store)).isEmpty();
        var counts = StoreInspector.counts(store);
        assertThat(counts.files()).isEqualTo(counts.records());
        assertThat(counts.quarantined()).isZero();
    }

    private static void verify(ObjectStore store, ObjectRecord record, Change change) throws IOException {
        assertThat(record.generation()).isEqualTo(change.generation);
        assertThat(record.tombstone()).isEqualTo(change.delete);
        if (!record.tombstone()) {
            try (BodyReader reader = store.read(record).orElseThrow()) {
                assertThat(Files.readString(reader.paths().getFirst()))
                        .isEqualTo(StoreProcess.content(record.key().name(), change.number));
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
        events.forEach((name, ofName) -> {
            ObjectRecord record =
                    store.lookup(new ObjectKey(StoreProcess.BUCKET, name)).orElseThrow();
            assertThat(ofName).isSorted();
            assertThat(ofName.getLast()).isEqualTo(record.generation());
        });
        generations.forEach((name, ofName) -> assertThat(events.get(name)).containsAll(ofName));
    }
}
