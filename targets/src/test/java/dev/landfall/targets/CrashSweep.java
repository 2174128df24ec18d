package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectRecord;
import dev.landfall.targets.FileCalls.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/** Counts the calls of an operation, then runs it again for each of them, lets it come to grief there, and looks at what is left. */
final class CrashSweep {
    private final Path directory;
    private final Path errors;
    private final @Nullable LoopDisk powered;
    private final Map<String, String> contents;

    /** @param said the lines it printed */
    private record Run(Path store, List<String> calls, List<String> said) {
        boolean acknowledged() {
            return said.contains("acknowledged");
        }
    }

    private CrashSweep(Path directory, Path errors, @Nullable LoopDisk powered) {
        this.directory = directory;
        this.errors = errors;
        this.powered = powered;
        contents = Sweep.prepare(template());
    }

    /** Makes the store that every run begins with a copy of. */
    static CrashSweep in(Path directory) {
        return new CrashSweep(directory, directory.resolve("errors"), null);
    }

    /** On a disk whose power is cut whenever the process is killed. */
    static CrashSweep on(LoopDisk disk, Path errors) {
        return new CrashSweep(disk.path(), errors, disk);
    }

    private Path template() {
        return directory.resolve("template");
    }

    /**
     * Kills it.
     *
     * @param step 1 to try every point, 3 for every third
     */
    void kill(Sweep operation, int step) throws Exception {
        Run whole = whole(operation);
        List<String> killedAt = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int point = 1; point <= whole.calls.size(); point += step) {
            Run killed = run(operation, Fault.KILL, point);
            assertThat(killed.calls)
                    .as("calls of %s up to point %s", operation, point)
                    .hasSize(point);
            killedAt.add(killed.calls.getLast());
            expected.add(whole.calls.get(point - 1));
            verify(operation, killed);
        }
        System.out.println(operation + ": killed at " + killedAt.size() + " of " + whole.calls);
        assertThat(killedAt).as("points tried, points counted").isEqualTo(expected);
    }

    /** Lets each of its syncs fail: the mountpath is fenced, and nothing is synced there any more. */
    void failSyncs(Sweep operation) throws Exception {
        Run whole = whole(operation);
        int syncs = 0;
        for (int point = 1; point <= whole.calls.size(); point++) {
            if (isSync(whole.calls.get(point - 1))) {
                Run failed = run(operation, Fault.ERROR, point);
                assertThat(failed.said)
                        .as("answers after a failed %s", whole.calls.get(point - 1))
                        .containsExactly("ready", "refused: MOUNTPATH_FENCED", "later: MOUNTPATH_FENCED");
                assertThat(failed.calls.subList(point, failed.calls.size())).noneMatch(CrashSweep::isSync);
                verify(operation, failed);
                syncs++;
            }
        }
        assertThat(syncs).isPositive();
    }

    private static boolean isSync(String call) {
        return call.contains("sync");
    }

    private Run whole(Sweep operation) throws Exception {
        Run whole = run(operation, Fault.KILL, 0);
        assertThat(whole.said).containsExactly("ready", "acknowledged", "swept");
        assertThat(whole.calls).as("calls of %s", operation).anyMatch(call -> call.startsWith("fdatasync index/"));
        verify(operation, whole);
        return whole;
    }

    private Run run(Sweep operation, Fault fault, int at) throws Exception {
        Path store = directory.resolve(operation + "-" + at);
        FileUtils.copyDirectory(template().toFile(), store.toFile());
        if (powered != null) {
            powered.sync();
        }
        try {
            return run(operation, store, fault, at);
        } finally {
            if (powered != null) {
                powered.cutPower();
                powered.restorePower();
            }
        }
    }

    private Run run(Sweep operation, Path store, Fault fault, int at) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sweep.class.getName(),
                        store.toString(),
                        operation.name())
                .redirectError(errors.toFile())
                .start();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            var said = new ArrayList<String>();
            said.add(lines.readLine());
            assertThat(said).as(() -> read(errors)).containsExactly("ready");
            FileCalls watched = FileCalls.watch(process, store, fault, at);
            try (var go = process.outputWriter(StandardCharsets.UTF_8)) {
                go.write("go\n");
            }
            List<String> calls = watched.await();
            lines.lines().forEach(said::add);
            assertThat(fault == Fault.ERROR ? "" : read(errors)).isEmpty();
            return new Run(store, calls, said);
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void verify(Sweep operation, Run run) throws IOException {
        ObjectStore store = Sweep.open(run.store);
        try {
            assertThat(store.uncleanStart()).isTrue();
            List<OutboxEntry> events = events(store);
            boolean happened = events.size() > contents.size();
            assertThat(happened || !run.acknowledged())
                    .as("an acknowledged change has its event")
                    .isTrue();
            assertThat(events)
                    .as("the events of the objects before, and at most one more")
                    .hasSize(contents.size() + (happened ? 1 : 0));
            for (String name :
                    Stream.concat(contents.keySet().stream(), Stream.of("new")).toList()) {
                boolean changed = happened && name.equals(operation.name);
                assertThat(contentOf(store, name))
                        .as("%s after %s", name, run.calls.getLast())
                        .isEqualTo(changed ? operation.after : contents.get(name));
            }
            verifyEvents(store, events);
            assertThat(StoreInspector.check(store)).isEmpty();
            verifyFiles(store, happened && operation == Sweep.COMPLETE_MULTIPART);
            verifyThatItGoesOn(store, operation, events);
        } finally {
            store.close();
        }
        FileUtils.deleteDirectory(run.store.toFile());
    }

    /** Every event is the one of a generation that was committed, the last of a key that of its record; no generation stands for two. */
    private static void verifyEvents(ObjectStore store, List<OutboxEntry> events) {
        var seen = new HashSet<String>();
        for (OutboxEntry entry : events) {
            var event = entry.event();
            assertThat(seen.add(entry.partition() + " " + event.generation())).isTrue();
            ObjectRecord record = store.lookup(event.key()).orElseThrow();
            if (event.generation().equals(record.generation())) {
                assertThat(event.type()).isEqualTo(record.tombstone() ? EventType.DELETE : EventType.PUT);
                assertThat(event.size()).isEqualTo(record.size());
            }
        }
        for (ObjectRecord record : store.list(Sweep.BUCKET, "", "", 100)) {
            assertThat(events)
                    .anyMatch(entry -> entry.event().key().equals(record.key())
                            && entry.event().generation().equals(record.generation()));
        }
    }

    private static void verifyFiles(ObjectStore store, boolean completed) {
        var counts = StoreInspector.counts(store);
        int parts = completed ? 0 : 3;
        long named = store.list(Sweep.BUCKET, "", "", 100).stream()
                .mapToLong(record -> record.files().size())
                .sum();
        assertThat(counts.files()).isEqualTo(named + parts);
        assertThat(counts.parts()).isEqualTo(parts);
        assertThat(counts.quarantined() + counts.garbage() + counts.intents() + counts.openBodies())
                .isZero();
    }

    /** The store can be used, and its counters have not gone back. */
    private static void verifyThatItGoesOn(ObjectStore store, Sweep operation, List<OutboxEntry> events)
            throws IOException {
        var key = Sweep.key(operation.name);
        var highest = events.stream()
                .filter(entry -> entry.partition() == partition(store, key))
                .map(entry -> entry.event().generation())
                .max(Generation::compareTo);
        var before = store.lookup(key).map(ObjectRecord::files).orElse(List.of());
        var again = (CommitResult.Committed)
                store.commit(Sweep.put(store, key, "again")).join();
        highest.ifPresent(seen -> assertThat(again.record().generation()).isGreaterThan(seen));
        assertThat(before).doesNotContainAnyElementsOf(again.record().files());
        assertThat(contentOf(store, operation.name)).isEqualTo("again");
    }

    private static int partition(ObjectStore store, dev.landfall.model.ObjectKey key) {
        return dev.landfall.model.Partitions.of(key, store.assigned().size());
    }

    private static String contentOf(ObjectStore store, String name) throws IOException {
        ObjectRecord record = store.lookup(Sweep.key(name)).orElse(null);
        return record == null || record.tombstone() ? null : Sweep.content(store, record);
    }

    private static List<OutboxEntry> events(ObjectStore store) {
        return store.assigned().stream()
                .flatMap(partition -> store.outbox(partition, -1, Integer.MAX_VALUE).stream())
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
