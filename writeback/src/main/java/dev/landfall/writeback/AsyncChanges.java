package dev.landfall.writeback;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.Condition;
import dev.landfall.targets.ObjectStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes that need only the disk: mode {@code async}, and {@code local} in a bucket without a remote. */
final class AsyncChanges implements Session.Commit {
    private final ObjectStore store;
    private final Remotes remotes;
    private final Changes changes;
    private final CommitGate gate;

    AsyncChanges(ObjectStore store, Remotes remotes, Changes changes, CommitGate gate) {
        this.store = store;
        this.remotes = remotes;
        this.changes = changes;
        this.gate = gate;
    }

    @Override
    public PutOutcome put(
            ObjectKey key, PutRequest request, Map<String, String> metadata, BucketSpec spec, BodyWriter body) {
        return Changes.putOutcome(key, commit(key, () -> change(key, request, metadata, spec, body), spec));
    }

    @Override
    public @Nullable CompletableFuture<PutOutcome> putLater(
            ObjectKey key,
            PutRequest request,
            Map<String, String> metadata,
            BucketSpec spec,
            BodyWriter body,
            boolean mayWait) {
        boolean remote = spec.location() != null;
        if (!mayWait
                && (remote && Preconditions.asksS3(request.condition())
                        || !store.commitsAtOnce(
                                key, spec.durabilityIn(remote ? WritebackMode.ASYNC : WritebackMode.LOCAL)))) {
            return null;
        }
        if (remote) {
            if (mayWait) {
                gate.enterShared(key, patience(key, spec));
            } else if (!gate.tryEnterShared(key)) {
                return null;
            }
        }
        CompletableFuture<CommitResult> commit;
        try {
            commit = changes.commitLater(change(key, request, metadata, spec, body));
        } catch (RuntimeException e) {
            commit = CompletableFuture.failedFuture(e);
        }
        if (remote) {
            commit = commit.whenComplete((result, error) -> gate.leaveShared(key));
        }
        return commit.thenApply(result -> Changes.putOutcome(key, result));
    }

    private Change.Put change(
            ObjectKey key, PutRequest request, Map<String, String> metadata, BucketSpec spec, BodyWriter body) {
        boolean remote = spec.location() != null;
        WritebackMode mode = remote ? WritebackMode.ASYNC : WritebackMode.LOCAL;
        return new Change.Put(
                key,
                body,
                request.contentType(),
                metadata,
                request.headers(),
                request.etag(),
                mode,
                request.cause(),
                spec.durabilityIn(mode),
                remote,
                remote,
                remote ? condition(key, request.condition(), spec, body) : request.condition(),
                null,
                null,
                request.origin(),
                request.traceparent());
    }

    /** Returns whether there was an object, or may have been one on S3. */
    boolean delete(ObjectKey key, DeleteRequest request, BucketSpec spec) {
        boolean[] blind = new boolean[1];
        Supplier<Change> change = () -> delete(key, request, spec, blind);
        return switch (commit(key, change, spec)) {
            case CommitResult.Committed(ObjectRecord record, ObjectRecord previous) ->
                previous == null ? blind[0] : !previous.tombstone();
            case CommitResult.Rejected(CommitResult.Reason reason, ObjectRecord current) -> {
                if (reason == CommitResult.Reason.NOT_FOUND) {
                    yield false;
                }
                throw Changes.rejected(key, reason);
            }
        };
    }

    /** @param blind told whether nothing is known of the object here */
    private Change delete(ObjectKey key, DeleteRequest request, BucketSpec spec, boolean[] blind) {
        boolean remote = spec.location() != null;
        WritebackMode mode = remote ? WritebackMode.ASYNC : WritebackMode.LOCAL;
        blind[0] = remote && store.lookup(key).isEmpty();
        return new Change.Delete(
                key,
                mode,
                request.cause(),
                spec.durabilityIn(mode),
                remote,
                remote,
                blind[0],
                blind[0] ? onRemote(key, request.condition(), spec, null) : request.condition(),
                null,
                request.traceparent());
    }

    /** @param change made within the gate: what it is depends on whether the key has a record, and an eviction removes one */
    private CommitResult commit(ObjectKey key, Supplier<Change> change, BucketSpec spec) {
        if (spec.location() == null) {
            return changes.commit(change.get());
        }
        gate.enterShared(key, patience(key, spec));
        try {
            return changes.commit(change.get());
        } finally {
            gate.leaveShared(key);
        }
    }

    private Duration patience(ObjectKey key, BucketSpec spec) {
        return remotes.place(key, spec).remote().attemptTimeout().multipliedBy(2);
    }

    private Condition condition(ObjectKey key, Condition condition, BucketSpec spec, BodyWriter body) {
        boolean asksS3 = Preconditions.asksS3(condition);
        return asksS3 && store.lookup(key).isEmpty() ? onRemote(key, condition, spec, body) : condition;
    }

    private Condition onRemote(ObjectKey key, Condition condition, BucketSpec spec, @Nullable BodyWriter body) {
        return Preconditions.onRemote(condition, key, remotes.place(key, spec), body);
    }
}
