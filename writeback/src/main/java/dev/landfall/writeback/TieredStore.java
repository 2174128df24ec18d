package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import dev.landfall.placement.Cluster;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.DirtyStats;
import dev.landfall.targets.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The objects of this node's partitions, on disk and on S3: the only way to read or change them. Every method may be called from any
 * thread and may block (for the disk, and in mode {@code sync} for S3); errors are {@link LandfallException}s.
 */
public final class TieredStore implements AutoCloseable {
    /** Lanes in memory at once; what does not fit stays in the dirty index until there is room. */
    private static final int ROOM = 10_000;

    private static final int OPEN_TRIES = 8;

    /**
     * @param remotes by name
     * @param uploads attempts in flight at once
     * @param sweepInterval how often the dirty index is searched for work that no event woke
     * @param maxDirtyBytes over this, changes that would make more dirty are refused with {@code DIRTY_LIMIT}
     * @param maxDirtyAge likewise, for the age of the oldest dirty change
     * @param wakeOnEvent false only in tests: the sweep alone must still bring everything to S3
     * @param retries how often and when a failed attempt is made again
     */
    public record Config(
            Map<String, RemoteEndpoint> remotes,
            int uploads,
            Duration sweepInterval,
            long maxDirtyBytes,
            Duration maxDirtyAge,
            boolean wakeOnEvent,
            Retries retries) {
        public Config {
            remotes = Map.copyOf(remotes);
            if (uploads < 1) {
                throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "uploads must be at least 1");
            }
        }

        public Config(
                Map<String, RemoteEndpoint> remotes,
                int uploads,
                Duration sweepInterval,
                long maxDirtyBytes,
                Duration maxDirtyAge,
                boolean wakeOnEvent) {
            this(remotes, uploads, sweepInterval, maxDirtyBytes, maxDirtyAge, wakeOnEvent, Retries.DEFAULT);
        }

        public static Config of(Map<String, RemoteEndpoint> remotes) {
            return new Config(remotes, 32, Duration.ofSeconds(30), 64L << 30, Duration.ofHours(24), true);
        }
    }

    private final ObjectStore store;
    private final TimeSource time;
    private final Remotes remotes;
    private final Admission admission;
    private final CommitGate gate;
    private final Lanes lanes;
    private final Sweep sweep;
    private final IntentRecovery intents;
    private final AsyncChanges async;
    private final SyncChanges sync;
    private final ColdReads cold;
    private final ScheduledExecutorService timers;
    private volatile boolean closed;

    private TieredStore(
            Config config,
            ObjectStore store,
            Cluster cluster,
            MeterRegistry registry,
            TimeSource time,
            Function<RemoteEndpoint, RemoteStore> opener,
            RandomGenerator random,
            ScheduledExecutorService timers) {
        this.store = store;
        this.time = time;
        var metrics = new WritebackMetrics(registry);
        this.remotes = new Remotes(config.remotes(), opener, cluster, store.storeId(), time);
        this.admission = new Admission(store, config.maxDirtyBytes(), config.maxDirtyAge(), metrics, time);
        metrics.gauges(admission::recent, admission::ageSeconds);
        this.timers = timers;
        var attempts = new Attempts(store, metrics, time);
        var uploader = new Uploader(store, remotes, attempts, config.retries(), metrics, time, random);
        var lastRun = LastRun.of(store, time);
        this.lanes = new Lanes(config.uploads(), ROOM, uploader, lastRun, timers, metrics, time);
        this.gate = new CommitGate(time);
        this.intents = new IntentRecovery(store, remotes, lanes, gate, time);
        this.sweep = new Sweep(store, lanes, intents, config.sweepInterval(), metrics, time);
        lanes.whenRoom(sweep::refill);
        remotes.whenHealed(lanes::hurry);
        var changes = new Changes(store, lanes, config.wakeOnEvent());
        this.async = new AsyncChanges(store, remotes, changes, gate);
        this.sync = new SyncChanges(store, remotes, lanes, gate, attempts, changes, intents, lastRun, time);
        this.cold = new ColdReads(store, remotes, gate, intents, time);
    }

    /** Rolls forward the intents of the last run, then arms what is dirty, in the background. */
    public static TieredStore start(
            Config config, ObjectStore store, Cluster cluster, MeterRegistry metrics, TimeSource time) {
        int connections = config.uploads() * 2 + 32;
        return start(
                config,
                store,
                cluster,
                metrics,
                time,
                endpoint -> SdkRemoteStore.open(endpoint, connections),
                new Random());
    }

    static TieredStore start(
            Config config,
            ObjectStore store,
            Cluster cluster,
            MeterRegistry metrics,
            TimeSource time,
            Function<RemoteEndpoint, RemoteStore> opener,
            RandomGenerator random) {
        var timers = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("landfall-writeback-timer").daemon().factory());
        return start(config, store, cluster, metrics, time, opener, random, timers);
    }

    /** @param timers ends with the tiered store; what it runs does not block */
    static TieredStore start(
            Config config,
            ObjectStore store,
            Cluster cluster,
            MeterRegistry metrics,
            TimeSource time,
            Function<RemoteEndpoint, RemoteStore> opener,
            RandomGenerator random,
            ScheduledExecutorService timers) {
        var tiered = new TieredStore(config, store, cluster, metrics, time, opener, random, timers);
        tiered.intents.run();
        tiered.sweep.start();
        return tiered;
    }

    /** Checks the bucket, its limits and room, and opens the body. */
    public PutSession put(ObjectKey key, PutRequest request) {
        BucketSpec spec = admit(key, request.length(), request.mode());
        Description.check(request, spec);
        return new Session(
                key, request, spec, store.newBody(key, request.length()), commit(spec, request.mode(), key.bucket()));
    }

    /** Whether {@link #put} would wait for nothing but the disk. */
    public boolean takesAtOnce(ObjectKey key) {
        BucketSpec spec = remotes.bucket(key.bucket());
        return spec.location() == null || remotes.isOpen(spec);
    }

    /** Multipart uploads. */
    public MultipartUploads uploads() {
        return new MultipartUploads(this, store);
    }

    /**
     * Copies an object of this node to a key of this node, within the kernel or by reflink where the file system can.
     *
     * @param request of the copy; its length is not looked at. {@link PutRequest#likeSource} takes over what describes the source
     * @throws LandfallException {@code NO_SUCH_OBJECT}, and what {@link PutSession#commit} throws
     */
    public PutOutcome copy(ObjectKey source, ObjectKey destination, PutRequest request) {
        try (ObjectData data = get(source)) {
            return copy(data, destination, request);
        }
    }

    /** Copies what was opened with {@link #get}. An ETag that is the content's MD5 stays, unless the request chooses another. */
    public PutOutcome copy(ObjectData source, ObjectKey destination, PutRequest request) {
        ObjectInfo from = source.info();
        String etag = request.etag() == null && MultipartEtag.isMd5(from.etag()) ? from.etag() : request.etag();
        try (PutSession session =
                put(destination, request.withLength(from.size()).withEtag(etag))) {
            session.copyFrom(source, 0, from.size());
            return session.commit();
        }
    }

    /** Returns whether there was an object; in a bucket with a remote, also whether S3 may have one that nobody has read here. */
    public boolean delete(ObjectKey key, DeleteRequest request) {
        BucketSpec spec = admit(key, 0, request.mode());
        return mode(spec, request.mode(), key.bucket()) == WritebackMode.SYNC
                ? sync.delete(key, request, spec)
                : async.delete(key, request, spec);
    }

    /** @throws LandfallException {@code NO_SUCH_OBJECT} when neither the index nor S3 has it */
    public ObjectInfo head(ObjectKey key) {
        BucketSpec spec = remotes.bucket(key.bucket());
        ObjectRecord record = store.lookup(key).orElse(null);
        if (record == null && spec.location() != null) {
            return cold.head(key, spec);
        }
        if (record == null || record.tombstone()) {
            throw ColdReads.noSuchObject(key);
        }
        return ObjectInfo.of(record);
    }

    /** @throws LandfallException {@code NO_SUCH_OBJECT} when neither the index nor S3 has it */
    public ObjectData get(ObjectKey key) {
        BucketSpec spec = remotes.bucket(key.bucket());
        for (int i = 0; i < OPEN_TRIES; i++) {
            ObjectRecord record = store.lookup(key).orElse(null);
            if (record == null ? spec.location() == null : record.tombstone()) {
                throw ColdReads.noSuchObject(key);
            }
            Optional<? extends ObjectData> data =
                    record == null ? cold.open(key, spec, null) : local(key, spec, record);
            if (data.isPresent()) {
                return data.get();
            }
        }
        throw new LandfallException(
                ErrorCode.BUSY, key + " is being replaced all the time; try again", null, Duration.ofSeconds(1));
    }

    /** The object if {@link #open} of it would neither ask S3 nor verify a file first. */
    public Optional<ObjectRecord> atHand(ObjectKey key) {
        remotes.bucket(key.bucket());
        return store.lookup(key).filter(store::isAtHand);
    }

    /** Opens what is {@link #atHand}. Empty when it has been replaced meanwhile. */
    public Optional<ObjectData> open(ObjectRecord record) {
        return store.read(record).map(reader -> new ObjectData.Local(ObjectInfo.of(reader.record()), reader));
    }

    /** The objects of this node's partitions, sorted by name. In this release only those that the index knows. */
    public List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit) {
        remotes.bucket(bucket);
        return store.list(bucket, prefix, after, limit).stream()
                .map(ObjectInfo::of)
                .toList();
    }

    /** Compares data with checksums. */
    public Scrub scrub() {
        return new Scrub(store, this, time);
    }

    /**
     * What S3 has of a bucket, of the keys of this node's partitions, sorted by name.
     *
     * @param after exclusive; "" for the start
     * @throws LandfallException {@code INVALID_ARGUMENT} when the bucket has no remote, {@code REMOTE_UNAVAILABLE}, {@code REMOTE_REFUSED}
     */
    public RemoteNames listRemote(BucketName bucket, String prefix, String after) {
        return RemoteNames.list(store, remotes, bucket, prefix, after);
    }

    /**
     * Brings the data of an object from S3 to the disk.
     *
     * @return bytes fetched; 0 when the data were here already, or when the object is empty
     * @throws LandfallException {@code NO_SUCH_OBJECT}, or what S3 or the disk say
     */
    public long prefetch(ObjectKey key) {
        try (ObjectData data = get(key)) {
            return data instanceof ObjectData.Cold cold ? ColdReads.drain(cold) : 0;
        }
    }

    /**
     * Frees the local copy of an object, if S3 has this very generation. It is read from S3 then.
     *
     * @throws LandfallException {@code INVALID_ARGUMENT} when the bucket has no remote, or that S3 could not be asked
     */
    public Eviction evict(ObjectKey key) {
        return Eviction.of(store, remotes, gate, key);
    }

    /** Waits until nothing of the bucket is dirty; true when it is so, false at the timeout. Parked objects are not waited for. */
    public boolean flush(BucketName bucket, Duration timeout) {
        remotes.bucket(bucket);
        long end = time.nanos() + timeout.toNanos();
        for (long pause = 2; ; pause = Math.min(pause * 2, 50)) {
            DirtyStats stats = store.dirtyStats(bucket);
            if (stats.objects() == stats.parked()) {
                return true;
            }
            if (time.nanos() - end >= 0 || closed || Thread.currentThread().isInterrupted()) {
                return false;
            }
            time.sleep(Duration.ofMillis(pause));
        }
    }

    /**
     * Tries again what S3 refused for good.
     *
     * @return how many objects were parked
     */
    public int retryParked(BucketName bucket) {
        return Parked.retry(store, lanes, bucket);
    }

    /** Some of what S3 refused for good, with the reasons; deletes too. Empty when nothing of the bucket is parked. */
    public List<ObjectInfo> parked(BucketName bucket, int limit) {
        long parked = store.dirtyStats(bucket).parked();
        return parked == 0
                ? List.of()
                : Parked.some(store, bucket, (int) Math.min(limit, parked)).stream()
                        .map(ObjectInfo::of)
                        .toList();
    }

    /** @param bucket null for all */
    public BucketStats stats(@Nullable BucketName bucket) {
        return new BucketStats(store.dirtyStats(bucket));
    }

    /** Lets attempts in flight finish within the time; what is dirty stays dirty, durably. */
    public void close(Duration grace) {
        if (closed) {
            return;
        }
        closed = true;
        intents.close();
        sweep.close();
        lanes.close(grace);
        cold.close(Duration.ofSeconds(1));
        timers.shutdownNow();
        admission.close();
        remotes.close();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    private Optional<? extends ObjectData> local(ObjectKey key, BucketSpec spec, ObjectRecord record) {
        try {
            return store.read(record).map(reader -> new ObjectData.Local(ObjectInfo.of(reader.record()), reader));
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.CORRUPT_OBJECT && spec.location() != null) {
                return cold.open(key, spec, record);
            }
            throw e;
        }
    }

    /** Checks that a change may be made now, and reserves room for what it makes dirty. */
    BucketSpec admit(ObjectKey key, long length, @Nullable WritebackMode override) {
        checkOpen();
        BucketSpec spec = remotes.bucket(key.bucket());
        if (mode(spec, override, key.bucket()) != WritebackMode.LOCAL) {
            // A sync change, too, is dirty while S3 leaves doubt.
            admission.admit(length);
        }
        if (spec.location() != null) {
            remotes.place(key, spec);
        }
        return spec;
    }

    /** @throws LandfallException {@code NO_SUCH_BUCKET} */
    BucketSpec spec(BucketName bucket) {
        return remotes.bucket(bucket);
    }

    /** How a change is committed. */
    Session.Commit commit(BucketSpec spec, @Nullable WritebackMode override, BucketName bucket) {
        return mode(spec, override, bucket) == WritebackMode.SYNC ? whileOpen(sync::put) : whileOpen(async);
    }

    private Session.Commit whileOpen(Session.Commit commit) {
        return new Session.Commit() {
            @Override
            public PutOutcome put(
                    ObjectKey key, PutRequest request, Map<String, String> metadata, BucketSpec spec, BodyWriter body) {
                checkOpen();
                return commit.put(key, request, metadata, spec, body);
            }

            @Override
            public @Nullable CompletableFuture<PutOutcome> putLater(
                    ObjectKey key,
                    PutRequest request,
                    Map<String, String> metadata,
                    BucketSpec spec,
                    BodyWriter body,
                    boolean mayWait) {
                checkOpen();
                return commit.putLater(key, request, metadata, spec, body, mayWait);
            }
        };
    }

    private void checkOpen() {
        if (closed) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
    }

    private static WritebackMode mode(BucketSpec spec, @Nullable WritebackMode override, BucketName bucket) {
        if (override == null || override == spec.mode()) {
            return spec.mode();
        }
        if (spec.location() == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The bucket " + bucket + " has no remote, so it cannot write back in mode " + override.wire());
        }
        if (override == WritebackMode.LOCAL) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The bucket " + bucket + " has a remote, so a change cannot be local; use sync or async");
        }
        return override;
    }
}
