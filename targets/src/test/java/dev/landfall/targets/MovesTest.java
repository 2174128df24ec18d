package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class MovesTest extends StoreTest {
    @Test
    void aNewMountpathTakesItsShareWithEverythingThatBelongsToIt() throws Exception {
        Map<ObjectKey, ObjectRecord> records = someOfEverything();
        Upload upload = store.uploads().create(key("upload"), null, Map.of(), Map.of(), null, ChangeCause.CLIENT);
        UploadedPart part = store.uploads().put(key("upload"), upload.id(), 1, body(key("upload"), "part"), "e");
        long events = store.outboxDepth();
        var stats = store.dirtyStats(null);
        Map<Integer, List<OutboxEntry>> outbox = outbox();

        Path third = Files.createDirectory(directory.resolve("disk-2"));
        store.mountpaths().add(third);
        awaitQuiet();

        assertThat(info(third).partitions()).isEqualTo(PARTITIONS / 3);
        assertThat(files(third)).isPositive();
        assertThat(StoreInspector.check(store)).isEmpty();
        assertSame(records);
        assertThat(store.outboxDepth()).isEqualTo(events);
        assertThat(outbox()).isEqualTo(outbox);
        assertThat(store.dirtyStats(null)).isEqualTo(stats);
        assertThat(store.uploads().find(key("upload"), upload.id())).isEqualTo(upload);
        assertThat(store.uploads().parts(key("upload"), upload.id(), 0, 10))
                .singleElement()
                .satisfies(p -> assertThat(p.etag()).isEqualTo(part.etag()));
        assertThat(store.list(BUCKET, "", "", 1000)).hasSize((int)
                records.values().stream().filter(r -> !r.tombstone()).count());

        reopen();

        assertThat(info(third).partitions()).as("without being configured").isEqualTo(PARTITIONS / 3);
        assertSame(records);
        store.uploads().abort(key("upload"), upload.id());
    }

    @Test
    void numbersGoOnWhereTheyWere() {
        Map<ObjectKey, Generation> last = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            last.put(key("k" + i), put(key("k" + i), "1").committed().generation());
        }

        store.mountpaths().drain(config().mountpaths().get(0));
        awaitGone(config().mountpaths().get(0));

        last.forEach((key, before) ->
                assertThat(put(key, "2").committed().generation()).isGreaterThan(before));
    }

    @Test
    void aDrainedMountpathIsEmptyOfPartitionsAndNotOpenedAgain() throws Exception {
        Map<ObjectKey, ObjectRecord> records = someOfEverything();
        Path first = config().mountpaths().get(0);

        store.mountpaths().drain(first);
        awaitGone(first);

        assertSame(records);
        assertThatThrownBy(() -> store.mountpaths().drain(config().mountpaths().get(1)))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        reopen();
        assertThat(store.mountpaths().list()).hasSize(1);
        assertSame(records);
    }

    @Test
    void readsAndWritesGoOnWhilePartitionsMove() throws Exception {
        var written = new ConcurrentHashMap<ObjectKey, String>();
        for (int i = 0; i < 200; i++) {
            put(key("k" + i), "0").committed();
            written.put(key("k" + i), "0");
        }
        var failure = new AtomicReference<Throwable>();
        var stop = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int n = 1; !stop.get(); n++) {
                ObjectKey key = key("k" + n % 200);
                String content = "n" + n;
                try {
                    put(key, content).committed();
                    written.put(key, content);
                } catch (LandfallException e) {
                    if (e.code() != ErrorCode.BUSY) {
                        failure.compareAndSet(null, e);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }
        });
        Thread reader = Thread.ofPlatform().start(() -> {
            for (int n = 0; !stop.get() && failure.get() == null; n++) {
                try {
                    assertThat(content(key("k" + n % 200))).isNotEmpty();
                    if (n % 50 == 0) {
                        assertThat(store.list(BUCKET, "", "", 1000)).hasSize(200);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }
        });
        try {
            Path third = Files.createDirectory(directory.resolve("disk-2"));
            store.mountpaths().add(third);
            awaitQuiet();
            store.mountpaths().drain(config().mountpaths().get(0));
            awaitGone(config().mountpaths().get(0));
        } finally {
            stop.set(true);
            writer.join();
            reader.join();
        }

        assertThat(failure.get()).isNull();
        written.forEach((key, content) -> assertThat(content(key)).isEqualTo(content));
    }

    @Test
    void aMoveThatACrashInterruptedIsFinishedWhereverItWas() throws Exception {
        Map<ObjectKey, ObjectRecord> records = someOfEverything();
        Path first = config().mountpaths().get(0);
        for (int crash = 0; store.mountpaths().list().size() > 1; crash++) {
            if (crash == 0) {
                store.mountpaths().drain(first);
            }
            int moves = crash;
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> info(first).partitions() <= PARTITIONS / 2 - moves
                            || store.mountpaths().list().size() == 1);
            crash();
            assertSame(records);
            awaitQuiet();
        }
        assertSame(records);
    }

    @Test
    void onlyAnEmptyDirectoryOrAnOwnMountpathCanJoin() throws Exception {
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.writeString(full.resolve("somebody's"), "");

        refused(full, "not empty");
        refused(directory.resolve("missing"), "no directory");
        refused(config().mountpaths().get(0), "already");
    }

    @Test
    void aMountpathThatWasNotThereAtTheStartComesBack() throws Exception {
        Map<ObjectKey, ObjectRecord> records = someOfEverything();
        store.close();
        Path second = config().mountpaths().get(1);
        Path away = directory.resolve("away");
        Files.move(second, away);
        store = open();
        assertThat(info(second).state()).isEqualTo("absent");

        org.apache.commons.io.FileUtils.deleteDirectory(second.toFile());
        Files.move(away, second);
        store.mountpaths().add(second);

        assertSame(records);
        put(key("a0"), "goes on").committed();
    }

    private Map<ObjectKey, ObjectRecord> someOfEverything() {
        Map<ObjectKey, ObjectRecord> records = new HashMap<>();
        for (int i = 0; i < 30; i++) {
            records.put(key("a" + i), put(key("a" + i), "dirty " + i).committed());
            records.put(
                    key("b" + i), put(key("b" + i), "clean " + i).clean().os().committed());
            put(key("c" + i), "deleted").committed();
            records.put(key("c" + i), committed(delete(key("c" + i))));
        }
        return records;
    }

    private void assertSame(Map<ObjectKey, ObjectRecord> records) {
        records.forEach((key, before) -> {
            ObjectRecord now = store.lookup(key).orElseThrow();
            assertThat(now.withFiles(List.of())).isEqualTo(before.withFiles(List.of()));
            if (!before.tombstone()) {
                assertThat(content(now)).hasSize((int) before.size());
            }
        });
    }

    private Map<Integer, List<OutboxEntry>> outbox() {
        var all = new HashMap<Integer, List<OutboxEntry>>();
        for (int p = 0; p < PARTITIONS; p++) {
            all.put(p, new ArrayList<>(store.outbox(p, -1, 1000)));
        }
        return all;
    }

    private MountpathInfo info(Path root) {
        return store.mountpaths().list().stream()
                .filter(info -> info.path().equals(root.toString()))
                .findFirst()
                .orElseGet(() -> new MountpathInfo(root.toString(), "gone", null, 0, 0, 0, 0, 0, 0));
    }

    private void awaitQuiet() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> store.mountpaths().list().stream()
                        .allMatch(info -> info.moving() == 0 && !info.state().equals("draining")));
    }

    private void awaitGone(Path root) {
        await().atMost(Duration.ofSeconds(60)).until(() -> info(root).state().equals("gone"));
    }

    private static long files(Path root) throws Exception {
        try (var files = Files.walk(root.resolve("data"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private void refused(Path directory, String why) {
        assertThatThrownBy(() -> store.mountpaths().add(directory))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining(why);
    }
}
