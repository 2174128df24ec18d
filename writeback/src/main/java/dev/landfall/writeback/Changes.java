package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Commits changes and wakes the lanes of those that are dirty, from the commit itself. */
final class Changes {
    private final ObjectStore store;
    private final Lanes lanes;
    private final boolean wakeOnEvent;

    Changes(ObjectStore store, Lanes lanes, boolean wakeOnEvent) {
        this.store = store;
        this.lanes = lanes;
        this.wakeOnEvent = wakeOnEvent;
    }

    /** Waits for the commit; the lane is awake when it returns. */
    CommitResult commit(Change change) {
        return Commits.await(commitLater(change));
    }

    /** The lane is awake when the future is complete. */
    CompletableFuture<CommitResult> commitLater(Change change) {
        return store.commit(change).thenApply(result -> {
            if (wakeOnEvent
                    && result instanceof CommitResult.Committed(ObjectRecord record, ObjectRecord previous)
                    && record.state() == ObjectState.DIRTY) {
                lanes.wake(record, StartCause.EVENT, known(previous));
            }
            return result;
        });
    }

    /**
     * What S3 has, going by the record before. Without one it has nothing as far as is known; should it have something, the condition
     * of the first PUT fails and S3 is looked at.
     */
    static Lane.Known known(@Nullable ObjectRecord before) {
        if (before == null) {
            return Lane.ABSENT;
        }
        if (before.state() != ObjectState.CLEAN) {
            return Lane.UNKNOWN;
        }
        String etag = before.remoteEtag();
        return before.tombstone() ? Lane.ABSENT : etag == null ? Lane.UNKNOWN : new Lane.Known.Etag(etag);
    }

    /** @return the outcome of a PUT; a rejection that is none is thrown */
    static PutOutcome putOutcome(ObjectKey key, CommitResult result) {
        return switch (result) {
            case CommitResult.Committed(ObjectRecord record, ObjectRecord previous) ->
                new PutOutcome(PutOutcome.Kind.COMMITTED, record);
            case CommitResult.Rejected(CommitResult.Reason reason, ObjectRecord current) -> {
                if (current != null && reason == CommitResult.Reason.STORED) {
                    yield new PutOutcome(PutOutcome.Kind.ALREADY_STORED, current);
                }
                if (current != null && reason == CommitResult.Reason.SUPERSEDED) {
                    yield new PutOutcome(PutOutcome.Kind.SUPERSEDED, current);
                }
                throw rejected(key, reason);
            }
        };
    }

    static LandfallException rejected(ObjectKey key, CommitResult.Reason reason) {
        return switch (reason) {
            case PRECONDITION -> Preconditions.failed(key);
            case NOT_FOUND -> new LandfallException(ErrorCode.NO_SUCH_OBJECT, "There is no object " + key);
            case OUTPUT_CONFLICT ->
                new LandfallException(
                        ErrorCode.OUTPUT_CONFLICT,
                        "The name " + key + " belongs to another source or to a user's object; change the pipeline's"
                                + " names, or allow overwrite");
            case CHANGED, STORED, SUPERSEDED ->
                new LandfallException(ErrorCode.INTERNAL_ERROR, "The change of " + key + " was overtaken; try again");
        };
    }
}
