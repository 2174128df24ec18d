package dev.landfall.topology;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.DirtyStats;
import dev.landfall.writeback.Eviction;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.RemoteNames;
import dev.landfall.writeback.TieredStore;
import java.time.Duration;
import java.util.List;

/** What jobs do with the objects of this node's partitions; the contracts are those of {@link TieredStore}. */
interface Tier {
    List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit);

    RemoteNames listRemote(BucketName bucket, String prefix, String after);

    long prefetch(ObjectKey key);

    Eviction evict(ObjectKey key);

    ObjectData get(ObjectKey key);

    /** Whether nothing of the bucket is dirty; waits for it at most so long. Parked objects are not waited for. */
    boolean flush(BucketName bucket, Duration timeout);

    DirtyStats dirty(BucketName bucket);

    /** Some of what is parked, with its reason. */
    List<ObjectInfo> parked(BucketName bucket, int limit);

    static Tier of(TieredStore store) {
        return new Tier() {
            @Override
            public List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit) {
                return store.list(bucket, prefix, after, limit);
            }

            @Override
            public RemoteNames listRemote(BucketName bucket, String prefix, String after) {
                return store.listRemote(bucket, prefix, after);
            }

            @Override
            public long prefetch(ObjectKey key) {
                return store.prefetch(key);
            }

            @Override
            public Eviction evict(ObjectKey key) {
                return store.evict(key);
            }

            @Override
            public ObjectData get(ObjectKey key) {
                return store.get(key);
            }

            @Override
            public boolean flush(BucketName bucket, Duration timeout) {
                return store.flush(bucket, timeout);
            }

            @Override
            public DirtyStats dirty(BucketName bucket) {
                return store.stats(bucket).dirty();
            }

            @Override
            public List<ObjectInfo> parked(BucketName bucket, int limit) {
                return store.parked(bucket, limit);
            }
        };
    }
}
