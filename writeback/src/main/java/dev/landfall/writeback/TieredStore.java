package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import dev.landfall.placement.Cluster;
import dev.landfall.targets.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of this node's partitions, on disk and on S3: the only way to read or change them. Every method may be called from any
 * thread and may block (for the disk, and in mode {@code sync} for S3); errors are {@link dev.landfall.model.LandfallException}s.
 */
public final class TieredStore implements AutoCloseable {
    /**
     * @param remotes by name
     * @param uploads attempts in flight at once
     * @param sweepInterval how often the dirty index is searched for work that no event woke
     * @param maxDirtyBytes over this, changes that would make more dirty are refused with {@code DIRTY_LIMIT}
     * @param maxDirtyAge likewise, for the age of the oldest dirty change
     * @param wakeOnEvent false only in tests: the sweep alone must still bring everything to S3
     */
    public record Config(
            Map<String, RemoteEndpoint> remotes,
            int uploads,
            Duration sweepInterval,
            long maxDirtyBytes,
            Duration maxDirtyAge,
            boolean wakeOnEvent) {
        public static Config of(Map<String, RemoteEndpoint> remotes) {
            return new Config(remotes, 32, Duration.ofSeconds(30), 64L << 30, Duration.ofHours(24), true);
        }
    }

    private TieredStore() {}

    /** Rolls forward the intents of the last run, then arms what is dirty, in the background. */
    public static TieredStore start(
            Config config, ObjectStore store, Cluster cluster, MeterRegistry metrics, TimeSource time) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Checks the bucket, its limits and room, and opens the body. */
    public PutSession put(ObjectKey key, PutRequest request) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Returns whether there was an object. */
    public boolean delete(ObjectKey key, DeleteRequest request) {
        throw new UnsupportedOperationException("not yet");
    }

    /** @throws dev.landfall.model.LandfallException {@code NO_SUCH_OBJECT} when neither the index nor S3 has it */
    public ObjectInfo head(ObjectKey key) {
        throw new UnsupportedOperationException("not yet");
    }

    /** @throws dev.landfall.model.LandfallException {@code NO_SUCH_OBJECT} when neither the index nor S3 has it */
    public ObjectData get(ObjectKey key) {
        throw new UnsupportedOperationException("not yet");
    }

    /** The objects of this node's partitions, sorted by name. */
    public List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Waits until nothing of the bucket is dirty; true when it is so, false at the timeout. Parked objects are not waited for. */
    public boolean flush(BucketName bucket, Duration timeout) {
        throw new UnsupportedOperationException("not yet");
    }

    /** @param bucket null for all */
    public BucketStats stats(@Nullable BucketName bucket) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Lets attempts in flight finish within the time; what is dirty stays dirty, durably. */
    public void close(Duration grace) {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }
}
