package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.Durability;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store over its mountpaths. */
final class Store implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final String storeId;
    private final Assignment assignment;
    private final Places places;
    private final List<Mountpath> mountpaths;
    private final List<AutoCloseable> resources;
    private final List<Consumer<ObjectRecord>> listeners;
    private volatile boolean closed;

    private Store(
            String storeId,
            Assignment assignment,
            Places places,
            List<Mountpath> mountpaths,
            List<AutoCloseable> resources,
            List<Consumer<ObjectRecord>> listeners) {
        this.storeId = storeId;
        this.assignment = assignment;
        this.places = places;
        this.mountpaths = mountpaths;
        this.resources = resources;
        this.listeners = listeners;
    }

    static Store open(LocalStore.Config config, Disk disk) {
        var assignment = new Assignment(config.partitions());
        var listeners = new CopyOnWriteArrayList<Consumer<ObjectRecord>>();
        var places = new Places(config.partitions());
        var resources = new ArrayList<AutoCloseable>();
        var mountpaths = new CopyOnWriteArrayList<Mountpath>();
        boolean opened = false;
        try {
            var roots = Roots.take(config.mountpaths(), config.partitions(), disk);
            resources.add(roots);
            var memory = new IndexMemory();
            resources.addFirst(memory);
            var shared = new Mountpath.Shared(
                    config.nodeId(),
                    assignment,
                    places,
                    config.time(),
                    memory,
                    disk,
                    record -> tell(listeners, record));
            String storeId = new Opening(roots, shared, disk).run(mountpaths);
            opened = true;
            return new Store(storeId, assignment, places, mountpaths, resources, listeners);
        } finally {
            if (!opened) {
                closeAll(mountpaths, resources);
            }
        }
    }

    @Override
    public String storeId() {
        return storeId;
    }

    @Override
    public boolean uncleanStart() {
        return mountpaths.stream().anyMatch(Mountpath::uncleanStart);
    }

    @Override
    public synchronized void assign(Map<Integer, Integer> epochByPartition) {
        Map<Mountpath, Map<Integer, Integer>> byMountpath = new HashMap<>();
        epochByPartition.forEach((partition, epoch) -> {
            Mountpath holder = places.holder(partition);
            if (holder != null && !holder.fence().isUp()) {
                byMountpath.computeIfAbsent(holder, m -> new HashMap<>()).put(partition, epoch);
            }
        });
        byMountpath.forEach((mountpath, epochs) -> mountpath.counters().enterEpochs(epochs));
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
        if (closed) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
        Mountpath mountpath = owned(key);
        places.checkBegin(assignment.partitionOf(key));
        return mountpath.newBody(expectedLength);
    }

    @Override
    public Optional<ObjectRecord> lookup(ObjectKey key) {
        return Optional.ofNullable(owned(key).find(key));
    }

    @Override
    public Optional<BodyReader> read(ObjectRecord record) {
        return withFiles(record).readers().open(record);
    }

    @Override
    public boolean isAtHand(ObjectRecord record) {
        return !record.tombstone()
                && record.files().size() <= 1
                && !withFiles(record).unsynced().isSuspect(record.fileId());
    }

    @Override
    public Generation reserve(ObjectKey key) {
        Mountpath mountpath = owned(key);
        places.checkBegin(assignment.partitionOf(key));
        return mountpath.assignedCounter(assignment.partitionOf(key)).takeGeneration();
    }

    @Override
    public CompletableFuture<CommitResult> commit(Change change) {
        Body body;
        try {
            body = claim(change);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            return owned(change.key()).commit(change, body);
        } catch (RuntimeException e) {
            if (body != null) {
                body.release();
            }
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public boolean commitsAtOnce(ObjectKey key, Durability durability) {
        return durability == Durability.OS && !owned(key).isBusy();
    }

    @Override
    public Path mountpathOf(ObjectKey key) {
        return owned(key).root();
    }

    @Override
    public List<ObjectRecord> list(BucketName bucket, String prefix, String after, int limit) {
        var found = new ArrayList<ObjectRecord>();
        for (Mountpath mountpath : holders()) {
            found.addAll(Listing.of(
                    mountpath.index(),
                    bucket,
                    prefix,
                    after,
                    limit,
                    key -> mountpath.isAssigned(assignment.partitionOf(key))));
        }
        if (mountpaths.size() > 1) {
            found.sort(Comparator.comparing(ObjectRecord::key));
        }
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    @Override
    public void saveIntent(Intent intent) {
        Mountpath mountpath = owned(intent.key());
        places.checkBegin(assignment.partitionOf(intent.key()));
        mountpath.intents().save(intent);
    }

    @Override
    public void dropIntent(Intent intent) {
        owned(intent.key()).intents().drop(intent);
    }

    @Override
    public List<Intent> intents() {
        return mountpaths.stream()
                .flatMap(m -> m.intents().leftBehind().stream()
                        .filter(intent -> places.holds(m, assignment.partitionOf(intent.key()))))
                .toList();
    }

    @Override
    public Optional<BodyWriter> recoverBody(Intent intent) {
        var mountpath = owned(intent.key());
        return intent.uploadId() == null
                ? mountpath.bodies().recover(intent).map(body -> body)
                : mountpath.uploads().recover(intent).map(body -> body);
    }

    @Override
    public Uploads uploads() {
        return new StoreUploads(this);
    }

    @Override
    public Optional<String> remoteUpload(ObjectKey key) {
        byte[] upload = owned(key).index().get(Column.META, IndexKeys.remoteUpload(key));
        return upload == null ? Optional.empty() : Optional.of(new String(upload, StandardCharsets.UTF_8));
    }

    @Override
    public void saveRemoteUpload(ObjectKey key, @Nullable String upload) {
        byte[] at = IndexKeys.remoteUpload(key);
        var batch = new Batch();
        if (upload == null) {
            batch.delete(Column.META, at);
        } else {
            batch.put(Column.META, at, upload.getBytes(StandardCharsets.UTF_8));
        }
        owned(key).index().write(batch, true);
    }

    @Override
    public List<ObjectRecord> dirty(int partition, long afterOrder, int limit) {
        return owned(partition).dirty(partition, afterOrder, limit);
    }

    @Override
    public DirtyStats dirtyStats(@Nullable BucketName bucket) {
        return mountpaths.stream()
                .map(m -> m.tally().stats(bucket, m::isAssigned))
                .reduce(DirtyStats.NONE, Store::sum);
    }

    @Override
    public List<OutboxEntry> outbox(int partition, long afterSequence, int limit) {
        return owned(partition).outbox().read(partition, afterSequence, limit);
    }

    @Override
    public void trimOutbox(int partition, long sequence) {
        owned(partition).outbox().trim(partition, sequence);
    }

    @Override
    public long outboxDepth() {
        long depth = 0;
        for (Mountpath mountpath : mountpaths) {
            depth += mountpath.outbox().depth();
        }
        return depth;
    }

    @Override
    public void onCommit(Consumer<ObjectRecord> listener) {
        listeners.add(listener);
    }

    @Override
    public int reapTombstones(Duration age) {
        return mountpaths.stream().mapToInt(m -> m.reapTombstones(age)).sum();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            closeAll(mountpaths, resources);
        }
    }

    /** Ends as a killed process would. For tests. */
    synchronized void die() {
        closed = true;
        mountpaths.forEach(Mountpath::die);
        closeAll(List.of(), resources);
    }

    List<Mountpath> mountpaths() {
        return mountpaths;
    }

    private static @Nullable Body claim(Change change) {
        BodyWriter body = switch (change) {
            case Change.Put put -> put.body();
            case Change.Fill fill -> fill.body();
            case Change.Delete delete -> null;
            case Change.MarkClean clean -> null;
            case Change.Park park -> null;
            case Change.Unpark unpark -> null;
            case Change.Evict evict -> null;
        };
        if (body == null) {
            return null;
        }
        if (!(body instanceof Body own)) {
            throw new IllegalArgumentException("The body does not come from this store");
        }
        own.claim();
        return own;
    }

    Mountpath owned(ObjectKey key) {
        return owned(assignment.partitionOf(key));
    }

    private Mountpath owned(int partition) {
        assignment.check(partition);
        Mountpath mountpath = places.of(partition);
        mountpath.fence().check();
        return mountpath;
    }

    /** The mountpath with the data files of a record: of a record that was read just before, it may be that before the partition's move. */
    private Mountpath withFiles(ObjectRecord record) {
        Mountpath mountpath = owned(record.key());
        int number = Identity.numberOf(record.fileId());
        if (record.files().isEmpty() || mountpath.number() == number) {
            return mountpath;
        }
        for (Mountpath other : mountpaths) {
            if (other.number() == number) {
                other.fence().check();
                return other;
            }
        }
        return mountpath;
    }

    /**
     * The mountpaths with assigned partitions, for what has to see all of them.
     *
     * @throws LandfallException {@code MOUNTPATH_FENCED} when one of them cannot be asked
     */
    List<Mountpath> holders() {
        var holders = new java.util.LinkedHashSet<Mountpath>();
        for (int partition : assignment.get()) {
            Mountpath holder = places.of(partition);
            holder.fence().check();
            holders.add(holder);
        }
        return List.copyOf(holders);
    }

    private static DirtyStats sum(DirtyStats a, DirtyStats b) {
        var oldest =
                a.oldest() == null || b.oldest() != null && b.oldest().isBefore(a.oldest()) ? b.oldest() : a.oldest();
        return new DirtyStats(a.objects() + b.objects(), a.bytes() + b.bytes(), a.parked() + b.parked(), oldest);
    }

    private static void tell(List<Consumer<ObjectRecord>> listeners, ObjectRecord record) {
        for (Consumer<ObjectRecord> listener : listeners) {
            try {
                listener.accept(record);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on the commit of {}", record.key(), e);
            }
        }
    }

    private static void closeAll(List<Mountpath> mountpaths, List<AutoCloseable> resources) {
        for (Mountpath mountpath : mountpaths) {
            try {
                mountpath.close();
            } catch (RuntimeException e) {
                LOG.error("A mountpath could not be closed; the next start recovers it", e);
            }
        }
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.error("A mountpath could not be released", e);
            }
        }
    }
}
