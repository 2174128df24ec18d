package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.Durability;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations, restarts and crashes against a map in memory. */
final class RandomOperationsTest extends StoreTest {
    private static final int STEPS = 150;

    private record Expected(ObjectRecord record, String content) {}

    private final TreeMap<ObjectKey, Expected> model = new TreeMap<>();
    private final Map<Integer, List<String>> events = new TreeMap<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theStoreIsWhatTheModelSays(long seed) throws Exception {
        var random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            step(random, key("n" + random.nextInt(12)), "content of step " + step + ".".repeat(random.nextInt(50)));
            if (step % 50 == 0) {
                compare();
            }
        }
        compare();
    }

    private void step(Random random, ObjectKey key, String content) throws IOException {
        Expected before = model.get(key);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> put(random, key, content);
            case 6, 7 -> delete(key, before);
            case 8, 9, 10 -> markClean(key, before);
            case 11 -> park(key, before);
            case 12 -> unpark(key, before);
            case 13 -> fill(key, content, before);
            case 14 -> body(key, content).close();
            case 15 -> trim(random.nextInt(PARTITIONS));
            case 16 -> reap();
            case 17 -> staleMark(key, before);
            case 18 -> reopen();
            default -> {
                if (random.nextInt(4) == 0) {
                    crash();
                }
            }
        }
    }

    private void put(Random random, ObjectKey key, String content) {
        var put = random.nextInt(3) == 0 ? inParts(random, key, content) : put(key, content);
        put.durability = random.nextBoolean() ? Durability.FSYNC : Durability.OS;
        put.hasRemote = random.nextInt(3) > 0;
        put.dirty = put.hasRemote && random.nextInt(4) > 0;
        if (random.nextInt(4) == 0) {
            put.reserved = store.reserve(key);
        }
        committed(put.change(), content, EventType.PUT);
    }

    /** Two parts, one of them uploaded twice, and one that is not used. */
    private PutBuilder inParts(Random random, ObjectKey key, String content) {
        var uploads = store.uploads();
        var upload = uploads.create(key, null, Map.of(), Map.of(), null, dev.landfall.model.ChangeCause.CLIENT);
        int cut = random.nextInt(content.length());
        uploads.put(key, upload.id(), 1, body(key, "replaced"), "e");
        uploads.put(key, upload.id(), 2, body(key, "unused"), "e");
        var first = uploads.put(key, upload.id(), 1, body(key, content.substring(0, cut)), "e");
        var last = uploads.put(key, upload.id(), 3, body(key, content.substring(cut)), "e");
        return new PutBuilder(key, uploads.assemble(key, upload.id(), List.of(first, last)));
    }

    private void delete(ObjectKey key, Expected before) {
        if (before == null || before.record.tombstone()) {
            assertThat(commit(delete(key))).isInstanceOf(CommitResult.Rejected.class);
        } else {
            committed(delete(key), "", EventType.DELETE);
        }
    }

    private void markClean(ObjectKey key, Expected before) {
        if (before != null && before.record.state() != ObjectState.CLEAN) {
            committed(
                    new Change.MarkClean(key, before.record.generation(), "\"e\""), before.content, EventType.UPLOADED);
        }
    }

    private void park(ObjectKey key, Expected before) {
        if (before != null && before.record.state() == ObjectState.DIRTY) {
            committed(new Change.Park(key, before.record.generation(), "403"), before.content, EventType.PARKED);
        }
    }

    private void unpark(ObjectKey key, Expected before) {
        if (before != null && before.record.state() == ObjectState.PARKED) {
            committed(new Change.Unpark(key, before.record.generation()), before.content, null);
        }
    }

    private void staleMark(ObjectKey key, Expected before) {
        if (before != null) {
            var stale = new Generation(before.record.generation().value() - 1);
            assertThat(commit(new Change.MarkClean(key, stale, "\"e\""))).isInstanceOf(CommitResult.Rejected.class);
        }
    }

    private void fill(ObjectKey key, String content, Expected before) {
        var generation = before == null ? null : before.record.generation();
        var fill = new Change.Fill(
                key,
                body(key, content),
                null,
                Map.of(),
                java.time.Instant.EPOCH,
                "etag",
                "\"e\"",
                dev.landfall.model.WritebackMode.ASYNC,
                generation);
        if (before == null || before.record.state() == ObjectState.CLEAN && !before.record.tombstone()) {
            committed(fill, content, null);
        } else {
            assertThat(commit(fill)).isInstanceOf(CommitResult.Rejected.class);
        }
    }

    private void trim(int partition) {
        var entries = store.outbox(partition, -1, Integer.MAX_VALUE);
        if (!entries.isEmpty()) {
            int last = entries.size() / 2;
            store.trimOutbox(partition, entries.get(last).sequence());
            events.get(partition).subList(0, last + 1).clear();
        }
    }

    private void reap() {
        store.reapTombstones(Duration.ofSeconds(-1));
        model.values()
                .removeIf(expected -> expected.record.tombstone()
                        && expected.record.dirtySince() == null
                        && !events.getOrDefault(partition(expected.record.key()), List.of())
                                .contains(EventType.DELETE + " " + expected.record.generation()));
    }

    private void committed(Change change, String content, EventType type) {
        Expected before = model.get(change.key());
        var result = (CommitResult.Committed) commit(change);
        assertThat(result.previous()).isEqualTo(before == null ? null : before.record);
        if (type == EventType.PUT || type == EventType.DELETE) {
            assertThat(before == null || result.record().generation().isAfter(before.record.generation()))
                    .isTrue();
        }
        model.put(change.key(), new Expected(result.record(), content));
        if (type != null) {
            events.computeIfAbsent(partition(change.key()), p -> new ArrayList<>())
                    .add(type + " " + result.record().generation());
        }
    }

    private void compare() {
        assertThat(StoreInspector.check(store)).isEmpty();
        for (int i = 0; i < 12; i++) {
            Expected expected = model.get(key("n" + i));
            assertThat(store.lookup(key("n" + i)).orElse(null)).isEqualTo(expected == null ? null : expected.record);
            if (expected != null && !expected.record.tombstone()) {
                assertThat(content(expected.record)).isEqualTo(expected.content);
            }
        }
        var visible = model.values().stream()
                .map(Expected::record)
                .filter(r -> !r.tombstone())
                .toList();
        assertThat(store.list(BUCKET, "", "", 100)).isEqualTo(visible);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(store.outbox(partition, -1, Integer.MAX_VALUE))
                    .extracting(e -> e.event().type() + " " + e.event().generation())
                    .isEqualTo(events.getOrDefault(partition, List.of()));
        }
        long dirty = model.values().stream()
                .filter(e -> e.record.dirtySince() != null)
                .count();
        assertThat(store.dirtyStats(null).objects()).isEqualTo(dirty);
        var counts = counts();
        assertThat(counts.files())
                .isEqualTo(visible.stream().mapToInt(r -> r.files().size()).sum());
        assertThat(counts.uploads() + counts.parts()).isZero();
        assertThat(counts.openBodies() + counts.intents() + counts.readers() + counts.unsynced())
                .isZero();
    }
}
