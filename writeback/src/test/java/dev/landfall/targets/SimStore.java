package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import dev.landfall.model.TimeSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A store over a {@link SimDisk}: what decides, counts and stages a change is the product's own, what writes it is not. Opened by a thread
 * of the simulation; its committer is another one. Without multipart uploads.
 */
public final class SimStore implements ObjectStore {
    private final SimDisk disk;
    private final TimeSource time;
    private final RandomGenerator random;
    private final Assignment assignment;
    private final SimFiles files;
    private final SimIntents intents;
    private final SimCommitter committer;
    private final Fence fence = new Fence(Path.of("/sim"));
    private final Outbox outbox;
    private final DirtyTally tally = new DirtyTally();
    private final Counters counters;
    private final List<Consumer<ObjectRecord>> listeners = new ArrayList<>();
    private boolean closed;

    private SimStore(SimDisk disk, int partitions, TimeSource time, RandomGenerator random) {
        this.disk = disk;
        this.time = time;
        this.random = random;
        disk.entries.fence = fence;
        assignment = new Assignment(partitions);
        outbox = new Outbox(disk.entries);
        counters = new Counters(disk.entries);
        files = new SimFiles(disk);
        intents = new SimIntents(disk, files);
        committer = new SimCommitter(this, new Decider("n1", time, intents::isPending));
    }

    public static SimStore open(SimDisk disk, int partitions, TimeSource time, RandomGenerator random) {
        var store = new SimStore(disk, partitions, time, random);
        store.outbox.load();
        disk.entries.scanAll(Column.DIRTY, (key, value) -> {
            store.tally.change(IndexKeys.partitionOf(key), null, store.find(ObjectKey.fromBytes(value)));
            return true;
        });
        store.intents.load();
        store.files.load(store.intents.fileIds());
        Thread.ofVirtual().name("sim-commit").start(store.committer);
        Thread.ofVirtual().name("sim-janitor").start(store::tidy);
        return store;
    }

    @Override
    public String storeId() {
        return "sim";
    }

    @Override
    public boolean uncleanStart() {
        return true;
    }

    @Override
    public void assign(Map<Integer, Integer> epochByPartition) {
        counters.enterEpochs(epochByPartition);
        assignment.set(epochByPartition.keySet());
    }

    @Override
    public List<Integer> assigned() {
        return assignment.get().stream().sorted().toList();
    }

    @Override
    public boolean owns(ObjectKey key) {
        return assignment.get().contains(assignment.partitionOf(key));
    }

    @Override
    public BodyWriter newBody(ObjectKey key, long expectedLength) {
        checkOwned(key);
        return new SimBody(disk, disk.create());
    }

    @Override
    public Optional<ObjectRecord> lookup(ObjectKey key) {
        checkOwned(key);
        return Optional.ofNullable(find(key));
    }

    @Override
    public Optional<BodyReader> read(ObjectRecord record) {
        checkOwned(record.key());
        return files.open(record, find(record.key()));
    }

    @Override
    public Generation reserve(ObjectKey key) {
        checkOwned(key);
        return counter(assignment.partitionOf(key)).takeGeneration();
    }

    @Override
    public CompletableFuture<CommitResult> commit(Change change) {
        SimBody body = bodyOf(change);
        try {
            if (body != null) {
                body.claim();
            }
            checkOwned(change.key());
            if (body != null) {
                pause(100, 3000);
                body.seal(change instanceof Change.Put put && put.durability() == dev.landfall.model.Durability.FSYNC);
            }
            if (closed) {
                throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
            }
            return committer.submit(change, body);
        } catch (RuntimeException e) {
            if (body != null) {
                body.release();
            }
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public List<ObjectRecord> list(BucketName bucket, String prefix, String after, int limit) {
        fence.check();
        var found = new ArrayList<ObjectRecord>();
        disk.entries.scanAll(Column.RECORDS, (key, value) -> {
            ObjectRecord record = RecordCodec.decode(ObjectKey.fromBytes(key), value);
            String name = record.key().name();
            if (!record.tombstone()
                    && record.key().bucket().equals(bucket)
                    && name.startsWith(prefix)
                    && name.compareTo(after) > 0
                    && found.size() < limit) {
                found.add(record);
            }
            return true;
        });
        return found;
    }

    @Override
    public void saveIntent(Intent intent) {
        checkOwned(intent.key());
        pause(50, 1000);
        intents.save(intent);
    }

    @Override
    public void dropIntent(Intent intent) {
        checkOwned(intent.key());
        pause(50, 1000);
        intents.drop(intent);
    }

    @Override
    public List<Intent> intents() {
        return intents.leftBehind();
    }

    @Override
    public Optional<BodyWriter> recoverBody(Intent intent) {
        checkOwned(intent.key());
        return files.matches(intent.files()) ? Optional.of(SimBody.of(disk, intent)) : Optional.empty();
    }

    @Override
    public Optional<String> remoteUpload(ObjectKey key) {
        checkOwned(key);
        return Optional.ofNullable(disk.entries.get(Column.META, remoteUploadOf(key)))
                .map(id -> new String(id, StandardCharsets.UTF_8));
    }

    @Override
    public void saveRemoteUpload(ObjectKey key, String upload) {
        checkOwned(key);
        byte[] id = upload == null ? null : upload.getBytes(StandardCharsets.UTF_8);
        disk.entries.write(
                id == null
                        ? new Batch().delete(Column.META, remoteUploadOf(key))
                        : new Batch().put(Column.META, remoteUploadOf(key), id),
                true);
    }

    private static byte[] remoteUploadOf(ObjectKey key) {
        return IndexKeys.meta("remote-upload/" + key);
    }

    @Override
    public Uploads uploads() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ObjectRecord> dirty(int partition, long afterOrder, int limit) {
        assignment.check(partition);
        fence.check();
        var found = new ArrayList<ObjectRecord>();
        byte[] from = IndexKeys.ordered(partition, afterOrder + 1);
        disk.entries.scan(Column.DIRTY, from, IndexKeys.endOf(partition), (key, value) -> {
            found.add(find(ObjectKey.fromBytes(value)));
            return found.size() < limit;
        });
        return found;
    }

    @Override
    public DirtyStats dirtyStats(BucketName bucket) {
        return tally.stats(bucket, assignment.get()::contains);
    }

    @Override
    public List<OutboxEntry> outbox(int partition, long afterSequence, int limit) {
        assignment.check(partition);
        fence.check();
        return outbox.read(partition, afterSequence, limit);
    }

    @Override
    public void trimOutbox(int partition, long sequence) {
        fence.check();
        outbox.trim(partition, sequence);
    }

    @Override
    public long outboxDepth() {
        return outbox.depth();
    }

    @Override
    public void onCommit(Consumer<ObjectRecord> listener) {
        listeners.add(listener);
    }

    @Override
    public int reapTombstones(Duration age) {
        long before = time.now().minus(age).toEpochMilli();
        var removed = new ArrayList<CompletableFuture<CommitResult>>();
        disk.entries.scanAll(Column.TOMBSTONES, (at, value) -> {
            ObjectRecord record = find(IndexKeys.keyOfTombstone(at));
            if (record != null
                    && record.tombstone()
                    && record.dirtySince() == null
                    && record.modified().toEpochMilli() <= before
                    && !outbox.holds(
                            assignment.partitionOf(record.key()),
                            IndexKeys.numbersOf(value, "A tombstone").getLong())) {
                removed.add(committer.reap(record));
            }
            return true;
        });
        return (int) removed.stream()
                .filter(removal -> removal.join() instanceof CommitResult.Committed)
                .count();
    }

    @Override
    public void close() {
        closed = true;
        committer.close();
        try {
            files.syncUnsynced();
        } catch (LandfallException e) {
            // Not closed cleanly: the next start looks after it.
        }
    }

    public boolean isFenced() {
        return fence.isUp();
    }

    /** Whether S3 may have a change of a key that is not committed. */
    public boolean hasIntent(ObjectKey key) {
        return intents.isPending(key);
    }

    /** What the data files of a record hold. */
    public byte[] bytes(ObjectRecord record) {
        return disk.read(
                record.files().stream().map(file -> SimDisk.pathOf(file.id())).toList());
    }

    /** All records, of tombstones too. */
    public List<ObjectRecord> records() {
        var all = new ArrayList<ObjectRecord>();
        disk.entries.scanAll(Column.RECORDS, (key, value) -> {
            all.add(RecordCodec.decode(ObjectKey.fromBytes(key), value));
            return true;
        });
        return all;
    }

    /** Whether the index, the dirty index, the tally and the files agree; what does not, as a sentence. */
    public Optional<String> inconsistency() {
        Set<ObjectKey> dirty = new HashSet<>();
        assigned().forEach(p -> dirty(p, -1, Integer.MAX_VALUE).forEach(record -> dirty.add(record.key())));
        for (ObjectRecord record : records()) {
            if ((record.dirtySince() != null) != dirty.contains(record.key())) {
                return Optional.of(record.key() + " is " + record.state() + ", the dirty index says otherwise");
            }
        }
        long counted = dirtyStats(null).objects();
        return counted == dirty.size()
                ? Optional.empty()
                : Optional.of(counted + " dirty objects are counted, the dirty index has " + dirty.size());
    }

    ObjectRecord find(ObjectKey key) {
        byte[] value = disk.entries.get(Column.RECORDS, key.toBytes());
        return value == null ? null : RecordCodec.decode(key, value);
    }

    Counter counter(int partition) {
        assignment.check(partition);
        return counters.of(partition);
    }

    int partitionOf(ObjectKey key) {
        return assignment.partitionOf(key);
    }

    void pause(int fromMicros, int toMicros) {
        time.sleep(Duration.ofNanos(1000L * random.nextInt(fromMicros, toMicros)));
    }

    SimDisk disk() {
        return disk;
    }

    SimFiles files() {
        return files;
    }

    SimIntents pendingIntents() {
        return intents;
    }

    Outbox outbox() {
        return outbox;
    }

    DirtyTally tally() {
        return tally;
    }

    void tell(ObjectRecord record) {
        listeners.forEach(listener -> listener.accept(record));
    }

    /** The body of a change, if it has one. */
    static SimBody bodyOf(Change change) {
        return switch (change) {
            case Change.Put put -> (SimBody) put.body();
            case Change.Fill fill -> (SimBody) fill.body();
            default -> null;
        };
    }

    private void tidy() {
        while (!closed && !fence.isUp()) {
            time.sleep(Duration.ofSeconds(1));
            try {
                files.syncUnsynced();
                reapTombstones(Duration.ofMinutes(1));
            } catch (LandfallException | CompletionException e) {
                // Fenced: so it stays until the next start.
                return;
            }
        }
    }

    private void checkOwned(ObjectKey key) {
        assignment.check(assignment.partitionOf(key));
        fence.check();
    }
}
