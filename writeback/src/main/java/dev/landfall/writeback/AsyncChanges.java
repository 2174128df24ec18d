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
        return Changes.putOutcome(
                key, commit(key, change(key, request, metadata, spec, body), spec.location() != null, spec));
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
        boolean remote = spec.location() != null;
        WritebackMode mode = remote ? WritebackMode.ASYNC : WritebackMode.LOCAL;
        boolean blind = remote && store.lookup(key).isEmpty();
        var change = new Change.Delete(
                key,
                mode,
                request.cause(),
                spec.durabilityIn(mode),
                remote,
                remote,
                blind,
                blind ? onRemote(key, request.condition(), spec, null) : request.condition(),
                null,
                request.traceparent());
        return switch (commit(key, change, remote, spec)) {
            case CommitResult.Committed(ObjectRecord record, ObjectRecord previous) ->
                previous == null ? blind : !previous.tombstone();
            case CommitResult.Rejected(CommitResult.Reason reason, ObjectRecord current) -> {
                if (reason == CommitResult.Reason.NOT_FOUND) {
                    yield false;
                }
                throw Changes.rejected(key, reason);
            }
        };
    }

    private CommitResult commit(ObjectKey key, Change change, boolean remote, BucketSpec spec) {
        if (!remote) {
            return changes.commit(change);
        }
        gate.enterShared(key, patience(key, spec));
        try {
            return changes.commit(change);
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
