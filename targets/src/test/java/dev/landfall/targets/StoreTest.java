package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Origin;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real store on two mountpaths; after each test everything it keeps must agree. */
abstract class StoreTest {
    static final int PARTITIONS = 8;
    static final BucketName BUCKET = new BucketName("bucket");

    @TempDir(factory = InMemory.class)
    Path directory;

    final TestDisk disk = new TestDisk();
    ObjectStore store;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void everythingAgrees() throws Exception {
        try {
            assertThat(StoreInspector.check(store)).isEmpty();
        } finally {
            store.close();
        }
    }

    LocalStore.Config config() {
        return new LocalStore.Config(
                "node-1",
                List.of(directory.resolve("disk-0"), directory.resolve("disk-1")),
                PARTITIONS,
                TimeSource.system());
    }

    ObjectStore open() {
        ObjectStore opened = Store.open(config(), disk);
        opened.assign(epochs(1));
        return opened;
    }

    void reopen() {
        store.close();
        store = open();
    }

    static Map<Integer, Integer> epochs(int epoch) {
        var epochs = new HashMap<Integer, Integer>();
        for (int p = 0; p < PARTITIONS; p++) {
            epochs.put(p, epoch);
        }
        return epochs;
    }

    static ObjectKey key(String name) {
        return new ObjectKey(BUCKET, name);
    }

    int partition(ObjectKey key) {
        return dev.landfall.model.Partitions.of(key, PARTITIONS);
    }

    BodyWriter body(ObjectKey key, String content) {
        BodyWriter body = store.newBody(key, content.length());
        body.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        return body;
    }

    /** A put whose defaults are those of an async bucket. */
    final class PutBuilder {
        final ObjectKey key;
        final BodyWriter body;
        Durability durability = Durability.FSYNC;
        boolean hasRemote = true;
        boolean dirty = true;
        Condition condition = Condition.ALWAYS;

        @Nullable
        Generation reserved;

        @Nullable
        String remoteEtag;

        @Nullable
        Origin origin;

        PutBuilder(ObjectKey key, BodyWriter body) {
            this.key = key;
            this.body = body;
        }

        PutBuilder local() {
            hasRemote = false;
            dirty = false;
            return this;
        }

        PutBuilder os() {
            durability = Durability.OS;
            return this;
        }

        PutBuilder clean() {
            dirty = false;
            return this;
        }

        PutBuilder when(Condition newCondition) {
            condition = newCondition;
            return this;
        }

        PutBuilder reserved(Generation generation) {
            reserved = generation;
            return this;
        }

        PutBuilder origin(Origin newOrigin) {
            origin = newOrigin;
            return this;
        }

        Change.Put change() {
            return new Change.Put(
                    key,
                    body,
                    "text/plain",
                    Map.of("colour", "blue"),
                    hasRemote ? WritebackMode.ASYNC : WritebackMode.LOCAL,
                    ChangeCause.CLIENT,
                    durability,
                    hasRemote,
                    dirty,
                    condition,
                    reserved,
                    remoteEtag,
                    origin,
                    null);
        }

        CommitResult commit() {
            return StoreTest.this.commit(change());
        }

        ObjectRecord committed() {
            return ((CommitResult.Committed) commit()).record();
        }
    }

    PutBuilder put(ObjectKey key, String content) {
        return new PutBuilder(key, body(key, content));
    }

    static Change.Delete delete(ObjectKey key) {
        return new Change.Delete(
                key,
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                Durability.FSYNC,
                true,
                true,
                false,
                Condition.ALWAYS,
                null,
                null);
    }

    CommitResult commit(Change change) {
        try {
            return store.commit(change).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LandfallException own) {
                throw own;
            }
            throw e;
        }
    }

    ObjectRecord committed(Change change) {
        return ((CommitResult.Committed) commit(change)).record();
    }

    String content(ObjectRecord record) {
        return content(record, store.read(record).orElseThrow());
    }

    private static String content(ObjectRecord record, BodyReader opened) {
        try (BodyReader reader = opened) {
            var bytes = ByteBuffer.allocate((int) record.size());
            reader.transferTo(0, record.size(), (file, position, count) -> {
                int begin = bytes.position();
                bytes.limit(begin + (int) count);
                while (bytes.hasRemaining() && file.read(bytes, position + bytes.position() - begin) >= 0) {}
            });
            return new String(bytes.array(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** As every reader does: a record that was replaced before its file was opened is looked up again. */
    String content(ObjectKey key) {
        while (true) {
            ObjectRecord record = store.lookup(key).orElseThrow();
            var opened = store.read(record);
            if (opened.isPresent()) {
                return content(record, opened.get());
            }
            assertThat(store.lookup(key))
                    .as("the record whose file is gone")
                    .isNotEqualTo(java.util.Optional.of(record));
        }
    }

    StoreInspector.Counts counts() {
        return StoreInspector.counts(store);
    }

    interface Damage {
        void to(Path directory) throws IOException;
    }

    void crash() throws IOException {
        crash(untouched -> {});
    }

    /** The process dies, something happens to its disks, the next process opens them. */
    void crash(Damage damage) throws IOException {
        ((Store) store).die();
        damage.to(directory);
        store = open();
    }
}
