package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.model.WritebackMode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A store and what it should be: a map, and the events that nobody has taken yet. */
final class ModelRun extends StoreTest implements AutoCloseable {
    static final List<String> NAMES =
            List.of("a", "a/b", "a/b/c", "a0", "b", "b ", "ü/日本", "z".repeat(1024), "n/1", "n/10", "n/2", "n/3");
    private static final int SWEEP_EVERY = 100;

    /**
     * @param content null when a power cut has spoilt it
     * @param unsynced whether this run of the store has left its file to the kernel
     */
    private record Expected(ObjectRecord record, String content, boolean unsynced) {}

    private final TreeMap<ObjectKey, Expected> model = new TreeMap<>();
    private final Map<Integer, List<String>> events = new TreeMap<>();
    private int waiting;
    private int lateForces;
    private long step;

    static ModelRun start() throws Exception {
        var run = new ModelRun();
        run.directory = InMemory.create();
        run.openStore();
        return run;
    }

    /** Applies an operation and checks what it touched; everything every hundredth time. */
    void step(ModelOperation operation) throws IOException {
        operation.apply(this);
        checkSums();
        if (++step % SWEEP_EVERY == 0) {
            checkEverything();
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
        FileUtils.deleteDirectory(directory.toFile());
    }

    // what can happen

    /** Ends with what it begins with, so that a half can be told from the whole. */
    String content(int size) {
        return step + ":" + ".".repeat(size) + ":" + step;
    }

    void put(int name, String content, boolean synced, boolean remote, boolean dirty, boolean reserved) {
        ObjectKey key = named(name);
        unlessFull(key, () -> {
            var put = put(key, content);
            put.durability = synced ? Durability.FSYNC : Durability.OS;
            put.hasRemote = remote;
            put.dirty = remote && dirty;
            if (reserved) {
                put.reserved = store.reserve(key);
            }
            changed(put.change(), content, EventType.PUT, !synced);
        });
    }

    void multipart(int name, String content, int cut) {
        ObjectKey key = named(name);
        unlessFull(key, () -> {
            var uploads = store.uploads();
            Upload upload = uploads.create(key, null, Map.of(), Map.of(), null, ChangeCause.CLIENT);
            int end = Math.min(cut, content.length());
            uploads.put(key, upload.id(), 1, body(key, "replaced"), "e");
            uploads.put(key, upload.id(), 2, body(key, "unused"), "e");
            var first = uploads.put(key, upload.id(), 1, body(key, content.substring(0, end)), "e");
            var last = uploads.put(key, upload.id(), 3, body(key, content.substring(end)), "e");
            BodyWriter whole = uploads.assemble(key, upload.id(), List.of(first, last));
            changed(new PutBuilder(key, whole).change(), content, EventType.PUT, false);
        });
    }

    void delete(int name) {
        ObjectKey key = named(name);
        Expected before = model.get(key);
        if (before == null || before.record.tombstone()) {
            assertThat(commit(delete(key))).isInstanceOf(CommitResult.Rejected.class);
        } else {
            changed(delete(key), "", EventType.DELETE, false);
        }
    }

    void copy(int from, int to) {
        Expected source = visible(from);
        if (source == null || source.content == null) {
            return;
        }
        ObjectKey key = named(to);
        unlessFull(key, () -> {
            try (BodyReader reader = store.read(source.record).orElseThrow()) {
                BodyWriter body = store.newBody(key, source.record.size());
                reader.paths().forEach(body::copyFrom);
                changed(new PutBuilder(key, body).change(), source.content, EventType.PUT, false);
            }
        });
    }

    void get(int name) {
        Expected expected = model.get(named(name));
        assertThat(store.lookup(named(name)).orElse(null)).isEqualTo(expected == null ? null : expected.record);
        if (visible(name) != null) {
            checkContent(expected);
        }
    }

    void range(int name, int from, int to) throws IOException {
        Expected expected = visible(name);
        if (expected == null || expected.content == null) {
            return;
        }
        int begin = expected.content.length() * from / 1000;
        int end = expected.content.length() * to / 1000;
        try (BodyReader reader = store.read(expected.record).orElseThrow()) {
            assertThat(UploadsTest.range(reader, begin, end - begin)).isEqualTo(expected.content.substring(begin, end));
        }
    }

    void list(String prefix, int after, int limit) {
        String start = after < 0 ? "" : NAMES.get(after);
        var expected = visible().stream()
                .filter(record -> record.key().name().startsWith(prefix)
                        && (after < 0 || record.key().compareTo(named(after)) > 0))
                .limit(limit)
                .toList();
        assertThat(store.list(BUCKET, prefix, start, limit)).isEqualTo(expected);
    }

    void giveUp(int name, int size) {
        unlessFull(named(name), () -> body(named(name), "x".repeat(size + 1)).close());
    }

    void uploaded(int name) {
        Expected before = model.get(named(name));
        if (before != null) {
            var stale = new Generation(before.record.generation().value() - 1);
            assertThat(commit(new Change.MarkClean(named(name), stale, "e"))).isInstanceOf(CommitResult.Rejected.class);
            if (before.record.state() != ObjectState.CLEAN) {
                changedButForItsData(
                        new Change.MarkClean(named(name), before.record.generation(), "e"), EventType.UPLOADED);
            }
        }
    }

    void park(int name) {
        Expected before = model.get(named(name));
        if (before != null && before.record.state() == ObjectState.DIRTY) {
            changedButForItsData(new Change.Park(named(name), before.record.generation(), "403"), EventType.PARKED);
        }
    }

    void unpark(int name) {
        Expected before = model.get(named(name));
        if (before != null && before.record.state() == ObjectState.PARKED) {
            changedButForItsData(new Change.Unpark(named(name), before.record.generation()), null);
        }
    }

    void fill(int name, String content) {
        Expected before = model.get(named(name));
        unlessFull(named(name), () -> {
            var fill = new Change.Fill(
                    named(name),
                    body(named(name), content),
                    null,
                    Map.of(),
                    Instant.EPOCH,
                    "etag",
                    "\"e\"",
                    WritebackMode.ASYNC,
                    before == null ? null : before.record.generation());
            if (before == null || before.record.state() == ObjectState.CLEAN && !before.record.tombstone()) {
                changed(fill, content, null, true);
            } else {
                assertThat(commit(fill)).isInstanceOf(CommitResult.Rejected.class);
            }
        });
    }

    void trim(int partition) {
        var entries = store.outbox(partition, -1, Integer.MAX_VALUE);
        if (!entries.isEmpty()) {
            int last = entries.size() / 2;
            store.trimOutbox(partition, entries.get(last).sequence());
            events.get(partition).subList(0, last + 1).clear();
            waiting -= last + 1;
        }
    }

    void reap() {
        store.reapTombstones(Duration.ofSeconds(-1));
        model.values()
                .removeIf(expected -> expected.record.tombstone()
                        && expected.record.dirtySince() == null
                        && !events.getOrDefault(partition(expected.record.key()), List.of())
                                .contains(EventType.DELETE + " " + expected.record.generation()));
    }

    void fullDisk(boolean full) {
        disk.usable = full ? 0L : null;
    }

    void failingSync(int name, boolean ofTheDirectory) {
        disk.usable = null;
        ObjectKey key = named(name);
        var put = put(key, "never");
        int forces = disk.fileForces.get();
        (ofTheDirectory ? disk.failDirectoryForces : disk.failFileForces).set(1);
        refused(ErrorCode.MOUNTPATH_FENCED, put::commit);
        refused(ErrorCode.MOUNTPATH_FENCED, () -> store.lookup(key));
        refused(ErrorCode.MOUNTPATH_FENCED, () -> store.newBody(key, 1));
        assertThat(disk.fileForces.get())
                .as("the failed sync is not tried again")
                .isEqualTo(forces + 1);
        reopen();
        assertThat(store.uncleanStart()).isTrue();
    }

    @Override
    void reopen() {
        super.reopen();
        synced();
    }

    /** From here on the store knows by itself what is to be checked. */
    private void synced() {
        lateForces = disk.lateForces.get();
        model.replaceAll((key, expected) -> new Expected(expected.record, expected.content, false));
    }

    private List<ObjectKey> unsynced() {
        return model.entrySet().stream()
                .filter(entry -> entry.getValue().unsynced)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Power goes: what the store says is not synced loses what {@code lost} says. */
    void crash(ModelOperation.Lost lost) throws IOException {
        var unsynced = new HashMap<Path, ObjectKey>();
        for (Mountpath mountpath : ((Store) store).mountpaths()) {
            // Nobody may sync what is about to be lost.
            mountpath.janitor().close();
            mountpath.index().scanAll(Column.UNSYNCED, (id, key) -> {
                unsynced.put(mountpath.files().pathOf(IndexKeys.fileIdOf(id)), ObjectKey.fromBytes(key));
                return true;
            });
        }
        if (disk.lateForces.get() == lateForces) {
            assertThat(unsynced.values())
                    .as("what the store knows to be unsynced")
                    .containsAll(unsynced());
        }
        ((Store) store).die();
        if (lost != ModelOperation.Lost.NOTHING) {
            for (var file : unsynced.entrySet()) {
                spoil(file.getKey(), lost);
                model.computeIfPresent(file.getValue(), (key, expected) -> new Expected(expected.record, null, false));
            }
        }
        store = open();
        synced();
        assertThat(store.uncleanStart()).isTrue();
    }

    private static void spoil(Path file, ModelOperation.Lost lost) throws IOException {
        if (lost == ModelOperation.Lost.THE_NAME) {
            Files.delete(file);
            return;
        }
        try (var data = new RandomAccessFile(file.toFile(), "rw")) {
            data.setLength(lost == ModelOperation.Lost.ALL_BYTES ? 0 : data.length() - 1);
        }
    }

    private void changedButForItsData(Change change, EventType type) {
        Expected before = model.get(change.key());
        changed(change, before.content, type, before.unsynced);
    }

    private void changed(Change change, String content, EventType type, boolean unsynced) {
        Expected before = model.get(change.key());
        var result = (CommitResult.Committed) commit(change);
        ObjectRecord after = result.record();
        assertThat(result.previous()).isEqualTo(before == null ? null : before.record);
        if (type == EventType.PUT || type == EventType.DELETE) {
            assertThat(before == null || after.generation().isAfter(before.record.generation()))
                    .as("generations grow")
                    .isTrue();
        }
        assertThat(store.lookup(change.key())).contains(after);
        model.put(change.key(), new Expected(after, content, unsynced));
        if (type != null) {
            events.computeIfAbsent(partition(change.key()), p -> new ArrayList<>())
                    .add(type + " " + after.generation());
            waiting++;
        }
    }

    private void unlessFull(ObjectKey key, Runnable change) {
        if (disk.usable == null) {
            change.run();
        } else {
            refused(ErrorCode.INSUFFICIENT_STORAGE, () -> store.newBody(key, 1));
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    // what has to hold

    private void checkSums() {
        assertThat(store.outboxDepth()).as("events that wait").isEqualTo(waiting);
        assertThat(store.dirtyStats(null).objects())
                .as("dirty objects")
                .isEqualTo(model.values().stream()
                        .filter(expected -> expected.record.dirtySince() != null)
                        .count());
    }

    void checkEverything() {
        disk.usable = null;
        assertThat(StoreInspector.check(store)).allMatch(this::isKnown);
        synced();
        for (int name = 0; name < NAMES.size(); name++) {
            get(name);
        }
        assertThat(store.list(BUCKET, "", "", 100)).isEqualTo(visible());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(store.outbox(partition, -1, Integer.MAX_VALUE))
                    .extracting(
                            entry -> entry.event().type() + " " + entry.event().generation())
                    .isEqualTo(events.getOrDefault(partition, List.of()));
        }
        var counts = counts();
        assertThat(counts.files())
                .isEqualTo(model.values().stream()
                        .filter(expected -> expected.content != null)
                        .mapToInt(expected -> expected.record.files().size())
                        .sum());
        assertThat(counts.uploads() + counts.parts() + counts.openBodies() + counts.intents())
                .isZero();
        assertThat(counts.readers() + counts.unsynced() + counts.garbage()).isZero();
    }

    /** That the power cut has taken a file. */
    private boolean isKnown(String violation) {
        return violation.endsWith("is missing")
                && model.entrySet().stream()
                        .anyMatch(entry -> entry.getValue().content == null
                                && violation.startsWith(entry.getKey() + ": its file "));
    }

    private void checkContent(Expected expected) {
        if (expected.content == null) {
            refused(ErrorCode.CORRUPT_OBJECT, () -> store.read(expected.record));
        } else {
            assertThat(content(expected.record)).isEqualTo(expected.content);
        }
    }

    private List<ObjectRecord> visible() {
        return model.values().stream()
                .map(Expected::record)
                .filter(record -> !record.tombstone())
                .toList();
    }

    private Expected visible(int name) {
        Expected expected = model.get(named(name));
        return expected == null || expected.record.tombstone() ? null : expected;
    }

    private static ObjectKey named(int name) {
        return key(NAMES.get(name));
    }
}
