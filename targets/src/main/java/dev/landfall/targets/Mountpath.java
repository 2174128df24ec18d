package dev.landfall.targets;

import dev.landfall.model.Durability;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import dev.landfall.model.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One mountpath: its index, its data files, its committer and its janitor. */
final class Mountpath {
    private static final Logger LOG = LoggerFactory.getLogger(Mountpath.class);
    private static final byte[] CLEAN = IndexKeys.meta("clean");
    private static final byte[] DRAINING = IndexKeys.meta("draining");

    private final Path root;
    private volatile Identity identity;
    private final Places places;
    private final Holdings holdings;
    private final Watch watch = new Watch();
    private final Journal journal;
    private final Presence presence;
    private final Assignment assignment;
    private final Fence fence;
    private final Space space;
    private final Index index;
    private final DataFiles files;
    private final FileIds ids;
    private final Bodies bodies;
    private final Intents intents;
    private final UploadTable uploads;
    private final Outbox outbox;
    private final DirtyTally tally = new DirtyTally();
    private final UnsyncedFiles unsynced;
    private final Garbage garbage;
    private final Holds holds;
    private final Readers readers;
    private final Reaper reaper;
    private final Decider decider;
    private final Committer committer;
    private final Janitor janitor;
    private final Consumer<ObjectRecord> listeners;
    private final Counters counters;
    private final boolean uncleanStart;

    /** What the mountpaths of a store have in common. */
    record Shared(
            String nodeId,
            Assignment assignment,
            Places places,
            TimeSource time,
            IndexMemory memory,
            Disk disk,
            Consumer<ObjectRecord> listeners) {}

    private Mountpath(
            Path root,
            Identity identity,
            Shared shared,
            Fence fence,
            Presence presence,
            Space space,
            DataFiles files,
            Index index,
            Journal journal) {
        this.root = root;
        this.identity = identity;
        this.presence = presence;
        this.journal = journal;
        places = shared.places;
        holdings = new Holdings(root, index, identity);
        this.fence = fence;
        this.space = space;
        this.files = files;
        this.index = index;
        assignment = shared.assignment;
        listeners = shared.listeners;
        uncleanStart = !identity.forming() && index.get(Column.META, CLEAN) == null;
        counters = new Counters(index);
        ids = new FileIds(index, Identity.firstFileId(identity.mountpath()), files::makeBlock);
        bodies = new Bodies(files, ids);
        uploads = new UploadTable(this, shared.time);
        intents = new Intents(index, space, bodies, uploads);
        outbox = new Outbox(index);
        unsynced = new UnsyncedFiles(index, files, presence);
        holds = new Holds(this::released);
        garbage = new Garbage(index, files, ids, holds, journal);
        readers = new Readers(files, holds, unsynced, presence, this::find);
        decider = new Decider(shared.nodeId, shared.time, intents::isPending);
        committer = new Committer("landfall-commit-" + root.getFileName(), group -> GroupCommit.run(this, group));
        reaper = new Reaper(this, shared.time);
        janitor = new Janitor("landfall-janitor-" + root.getFileName(), this, reaper);
    }

    /** @throws IllegalStateException when it cannot be opened */
    static Mountpath open(Path root, Identity identity, Shared shared) throws IOException {
        var fence = new Fence(root);
        var space = new Space(root, shared.disk);
        Path directory = root.resolve("index");
        if (!identity.forming() && !Files.exists(directory.resolve("CURRENT"))) {
            // A new index would take all data files for leftovers, and use generations twice.
            throw new IllegalStateException("Mountpath " + root + ": its index is missing; make it anew from the data"
                    + " files with: landfall fsck --rebuild " + root);
        }
        var files = new DataFiles(root, shared.disk, space, fence);
        var presence = new Presence(root, fence);
        Index index = Index.open(directory, shared.memory, space, fence);
        try {
            var mountpath =
                    new Mountpath(root, identity, shared, fence, presence, space, files, index, new Journal(root));
            Recovery.run(mountpath);
            index.write(new Batch().delete(Column.META, CLEAN), true);
            mountpath.committer.start();
            mountpath.janitor.start();
            return mountpath;
        } catch (RuntimeException e) {
            index.close();
            files.close();
            throw e;
        }
    }

    boolean uncleanStart() {
        return uncleanStart;
    }

    DataBody newBody(long expectedLength) {
        fence.check();
        return bodies.create(expectedLength);
    }

    /** @param body claimed; the caller releases it when this throws */
    CompletableFuture<CommitResult> commit(Change change, @Nullable Body body) {
        fence.check();
        if (body != null) {
            if (body.owner() != bodies) {
                throw Places.moving(partitionOf(change.key()));
            }
            body.seal(change instanceof Change.Put put && put.durability() == Durability.FSYNC);
        }
        var future = new CompletableFuture<CommitResult>();
        var work = new Work.Apply(change, body, future);
        if (needsNoSync(change)) {
            committer.commitHere(work);
        } else {
            committer.submit(work);
        }
        return future;
    }

    private static boolean needsNoSync(Change change) {
        return switch (change) {
            case Change.Put put -> put.durability() == Durability.OS && !put.hasRemote();
            case Change.Delete delete -> delete.durability() == Durability.OS && !delete.hasRemote();
            case Change.MarkClean clean -> false;
            case Change.Park park -> false;
            case Change.Unpark unpark -> false;
            case Change.Fill fill -> false;
            case Change.Evict evict -> false;
        };
    }

    /** Whether so much waits for the committer that {@link #commit} may have to wait. */
    boolean isBusy() {
        return committer.isBusy();
    }

    Path root() {
        return root;
    }

    void submit(Work work) {
        committer.submit(work);
    }

    @Nullable
    ObjectRecord find(ObjectKey key) {
        byte[] value = index.get(Column.RECORDS, key.toBytes());
        return value == null ? null : RecordCodec.decode(key, value);
    }

    /** Dirty and parked records in the order of their first change that S3 has not seen. */
    List<ObjectRecord> dirty(int partition, long afterOrder, int limit) {
        var found = new ArrayList<ObjectRecord>();
        if (limit > 0) {
            byte[] from = IndexKeys.ordered(partition, afterOrder + 1);
            index.scan(Column.DIRTY, from, IndexKeys.endOf(partition), (key, value) -> {
                ObjectRecord record = find(ObjectKey.fromBytes(value));
                // The scan sees the index as it was when it began, the record is newer.
                if (record != null
                        && record.dirtySince() != null
                        && record.dirtySince().order() == IndexKeys.numberOf(key)) {
                    found.add(record);
                }
                return found.size() < limit;
            });
        }
        return found;
    }

    int reapTombstones(Duration age) {
        return reaper.reap(age);
    }

    int partitionOf(ObjectKey key) {
        return assignment.partitionOf(key);
    }

    /** Whether this mountpath has the objects of a partition that this node owns. */
    boolean isAssigned(int partition) {
        return places.holds(this, partition) && assignment.get().contains(partition);
    }

    Set<Integer> assigned() {
        return assignment.get();
    }

    /** @throws LandfallException {@code NOT_OWNER} */
    Counter assignedCounter(int partition) {
        assignment.check(partition);
        return counters.of(partition);
    }

    int number() {
        return identity.mountpath();
    }

    /** It is on disk as this now. */
    void settled(Identity newIdentity) {
        identity = newIdentity;
    }

    Identity identity() {
        return identity;
    }

    Places places() {
        return places;
    }

    Holdings holdings() {
        return holdings;
    }

    Journal journal() {
        return journal;
    }

    Watch watch() {
        return watch;
    }

    /** Whether its partitions are to go to the others, and it then too. */
    boolean isDraining() {
        return index.get(Column.META, DRAINING) != null;
    }

    void beginDrain() {
        index.write(new Batch().put(Column.META, DRAINING, IndexKeys.numbers()), true);
    }

    Presence presence() {
        return presence;
    }

    Counters counters() {
        return counters;
    }

    Fence fence() {
        return fence;
    }

    Space space() {
        return space;
    }

    Index index() {
        return index;
    }

    DataFiles files() {
        return files;
    }

    FileIds ids() {
        return ids;
    }

    Bodies bodies() {
        return bodies;
    }

    Intents intents() {
        return intents;
    }

    UploadTable uploads() {
        return uploads;
    }

    Outbox outbox() {
        return outbox;
    }

    DirtyTally tally() {
        return tally;
    }

    UnsyncedFiles unsynced() {
        return unsynced;
    }

    Garbage garbage() {
        return garbage;
    }

    Holds holds() {
        return holds;
    }

    Readers readers() {
        return readers;
    }

    Decider decider() {
        return decider;
    }

    Janitor janitor() {
        return janitor;
    }

    Consumer<ObjectRecord> listeners() {
        return listeners;
    }

    void close() {
        committer.close();
        janitor.close();
        try {
            if (fence.isUp()) {
                // Their commits may have failed half-way.
                bodies.all().forEach(DataBody::abandon);
            } else {
                bodies.all().forEach(DataBody::release);
                janitor.tidy();
                index.write(new Batch().put(Column.META, CLEAN, IndexKeys.numbers()), true);
            }
        } catch (LandfallException e) {
            LOG.warn("{} was not closed cleanly; the next start looks after it: {}", root, e.getMessage());
        } finally {
            journal.close();
            index.close();
            files.close();
        }
    }

    /** Ends as a killed process would: nothing is tidied or marked. For tests. */
    void die() {
        committer.close();
        janitor.close();
        journal.close();
        index.close();
        files.close();
    }

    private void released() {
        if (garbage.isReady()) {
            janitor.wake();
        }
    }
}
