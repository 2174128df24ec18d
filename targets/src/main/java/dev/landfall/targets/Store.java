package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.Durability;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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

/** The store over its mountpaths: a partition lives on the mountpath with the number partition modulo mountpaths. */
final class Store implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final String storeId;
    private final Assignment assignment;
    private final List<Mountpath> mountpaths;
    private final List<AutoCloseable> resources;
    private final List<Consumer<ObjectRecord>> listeners;
    private volatile boolean closed;

    private Store(
            String storeId,
            Assignment assignment,
            List<Mountpath> mountpaths,
            List<AutoCloseable> resources,
            List<Consumer<ObjectRecord>> listeners) {
        this.storeId = storeId;
        this.assignment = assignment;
        this.mountpaths = mountpaths;
        this.resources = resources;
        this.listeners = listeners;
    }

    static Store open(LocalStore.Config config, Disk disk) {
        var assignment = new Assignment(config.partitions());
        var listeners = new CopyOnWriteArrayList<Consumer<ObjectRecord>>();
        var resources = new ArrayList<AutoCloseable>();
        var mountpaths = new ArrayList<Mountpath>();
        boolean opened = false;
        try {
            for (Path root : config.mountpaths()) {
                Files.createDirectories(root);
                resources.add(MountpathLock.take(root));
            }
            String storeId = Identity.checkOrFormat(config.mountpaths(), config.partitions(), disk);
            var memory = new IndexMemory();
            resources.addFirst(memory);
            var shared = new Mountpath.Shared(
                    config.nodeId(), assignment, config.time(), memory, disk, record -> tell(listeners, record));
            for (Path root : config.mountpaths()) {
                mountpaths.add(Mountpath.open(root, shared));
            }
            opened = true;
            return new Store(storeId, assignment, mountpaths, resources, listeners);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The mountpaths " + config.mountpaths() + " cannot be opened: " + e.getMessage(), e);
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
    public void assign(Map<Integer, Integer> epochByPartition) {
        Map<Mountpath, Map<Integer, Integer>> byMountpath = new HashMap<>();
        epochByPartition.forEach((partition, epoch) ->
                byMountpath.computeIfAbsent(of(partition), m -> new HashMap<>()).put(partition, epoch));
        byMountpath.forEach((mountpath, epochs) -> {
            if (!mountpath.fence().isUp()) {
                mountpath.counters().enterEpochs(epochs);
            }
        });
        assignment.set(epochByPartition.keySet());
    }

    @Override
    public List<Integer> assigned() {
        return assignment.get().stream().sorted().toList();
    }

    @Override
    public BodyWriter newBody(ObjectKey key, long expectedLength) {
        if (closed) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
        return owned(key).newBody(expectedLength);
    }

    @Override
    public Optional<ObjectRecord> lookup(ObjectKey key) {
        return Optional.ofNullable(owned(key).find(key));
    }

    @Override
    public Optional<BodyReader> read(ObjectRecord record) {
        return owned(record.key()).readers().open(record);
    }

    @Override
    public boolean isAtHand(ObjectRecord record) {
        return !record.tombstone()
                && record.files().size() <= 1
                && !owned(record.key()).unsynced().isSuspect(record.fileId());
    }

    @Override
    public Generation reserve(ObjectKey key) {
        return owned(key).assignedCounter(assignment.partitionOf(key)).takeGeneration();
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
        for (Mountpath mountpath : mountpaths) {
            mountpath.fence().check();
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
        owned(intent.key()).intents().save(intent);
    }

    @Override
    public void dropIntent(Intent intent) {
        owned(intent.key()).intents().drop(intent);
    }

    @Override
    public List<Intent> intents() {
        return mountpaths.stream()
                .flatMap(m -> m.intents().leftBehind().stream())
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
    public List<ObjectRecord> dirty(int partition, long afterOrder, int limit) {
        return owned(partition).dirty(partition, afterOrder, limit);
    }

    @Override
    public DirtyStats dirtyStats(@Nullable BucketName bucket) {
        var assigned = assignment.get();
        return mountpaths.stream().map(m -> m.tally().stats(bucket, assigned)).reduce(DirtyStats.NONE, Store::sum);
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
        return mountpaths.stream().mapToLong(m -> m.outbox().depth()).sum();
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

    private Mountpath of(int partition) {
        return mountpaths.get(partition % mountpaths.size());
    }

    Mountpath owned(ObjectKey key) {
        return owned(assignment.partitionOf(key));
    }

    private Mountpath owned(int partition) {
        assignment.check(partition);
        Mountpath mountpath = of(partition);
        mountpath.fence().check();
        return mountpath;
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
