package dev.landfall.ingest;

import dev.landfall.ingest.objects.LocalObjects;
import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.WritebackMode;
import dev.landfall.placement.Cluster;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.BucketStats;
import dev.landfall.writeback.DeleteRequest;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import dev.landfall.writeback.PutSession;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Local buckets straight on the real store: what the tiered store does of them, for tests of the doors. */
record StoreObjects(ObjectStore store, Cluster cluster) implements LocalObjects {
    @Override
    public PutSession put(ObjectKey key, PutRequest request) {
        cluster.view().bucket(key.bucket());
        BodyWriter body = store.newBody(key, request.length());
        return new PutSession() {
            @Override
            public void write(ByteBuffer bytes) {
                body.write(bytes);
            }

            @Override
            public void copyFrom(Path file) {
                body.copyFrom(file);
            }

            @Override
            public long length() {
                return body.length();
            }

            @Override
            public PutOutcome commit() {
                if (request.length() >= 0 && body.length() != request.length()) {
                    throw LandfallException.of(ErrorCode.INCOMPLETE_BODY);
                }
                WritebackMode mode = request.mode() == null ? WritebackMode.LOCAL : request.mode();
                CommitResult result = store.commit(new Change.Put(
                                key, body, request.contentType(), request.metadata(), mode, request.cause(),
                                cluster.view().bucket(key.bucket()).durabilityIn(mode), false, false, request.condition(),
                                null, null, request.origin(), request.traceparent()))
                        .join();
                return switch (result) {
                    case CommitResult.Committed done -> new PutOutcome(PutOutcome.Kind.COMMITTED, done.record());
                    case CommitResult.Rejected no -> switch (no.reason()) {
                        case STORED -> new PutOutcome(PutOutcome.Kind.ALREADY_STORED, no.current());
                        case SUPERSEDED -> new PutOutcome(PutOutcome.Kind.SUPERSEDED, no.current());
                        case OUTPUT_CONFLICT -> throw LandfallException.of(ErrorCode.OUTPUT_CONFLICT);
                        case PRECONDITION, NOT_FOUND, CHANGED -> throw LandfallException.of(ErrorCode.PRECONDITION_FAILED);
                    };
                };
            }

            @Override
            public void close() {
                body.close();
            }
        };
    }

    @Override
    public boolean delete(ObjectKey key, DeleteRequest request) {
        var result = store.commit(new Change.Delete(
                        key, WritebackMode.LOCAL, request.cause(), dev.landfall.model.Durability.FSYNC, false, false, false,
                        request.condition(), null, request.traceparent()))
                .join();
        if (result instanceof CommitResult.Rejected no && no.reason() == CommitResult.Reason.PRECONDITION) {
            throw LandfallException.of(ErrorCode.PRECONDITION_FAILED);
        }
        return result instanceof CommitResult.Committed;
    }

    @Override
    public ObjectInfo head(ObjectKey key) {
        return store.lookup(key)
                .filter(record -> !record.tombstone())
                .map(ObjectInfo::of)
                .orElseThrow(() -> LandfallException.of(ErrorCode.NO_SUCH_OBJECT));
    }

    @Override
    public ObjectData get(ObjectKey key) {
        var record = store.lookup(key)
                .filter(r -> !r.tombstone())
                .orElseThrow(() -> LandfallException.of(ErrorCode.NO_SUCH_OBJECT));
        return new ObjectData.Local(ObjectInfo.of(record), store.read(record).orElseThrow());
    }

    @Override
    public List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit) {
        return store.list(bucket, prefix, after, limit).stream().map(ObjectInfo::of).toList();
    }

    @Override
    public boolean flush(BucketName bucket, Duration timeout) {
        return true;
    }

    @Override
    public BucketStats stats(BucketName bucket) {
        return new BucketStats(store.dirtyStats(bucket));
    }
}
