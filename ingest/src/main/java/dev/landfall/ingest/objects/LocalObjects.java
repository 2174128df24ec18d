package dev.landfall.ingest.objects;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import dev.landfall.writeback.BucketStats;
import dev.landfall.writeback.DeleteRequest;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.PutRequest;
import dev.landfall.writeback.PutSession;
import dev.landfall.writeback.TieredStore;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The objects of this node's partitions, as {@link TieredStore} offers them; see there for the contract. */
public interface LocalObjects {
    PutSession put(ObjectKey key, PutRequest request);

    boolean delete(ObjectKey key, DeleteRequest request);

    ObjectInfo head(ObjectKey key);

    ObjectData get(ObjectKey key);

    List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit);

    boolean flush(BucketName bucket, Duration timeout);

    BucketStats stats(@Nullable BucketName bucket);

    static LocalObjects of(TieredStore store) {
        return new LocalObjects() {
            @Override
            public PutSession put(ObjectKey key, PutRequest request) {
                return store.put(key, request);
            }

            @Override
            public boolean delete(ObjectKey key, DeleteRequest request) {
                return store.delete(key, request);
            }

            @Override
            public ObjectInfo head(ObjectKey key) {
                return store.head(key);
            }

            @Override
            public ObjectData get(ObjectKey key) {
                return store.get(key);
            }

            @Override
            public List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit) {
                return store.list(bucket, prefix, after, limit);
            }

            @Override
            public boolean flush(BucketName bucket, Duration timeout) {
                return store.flush(bucket, timeout);
            }

            @Override
            public BucketStats stats(@Nullable BucketName bucket) {
                return store.stats(bucket);
            }
        };
    }
}
