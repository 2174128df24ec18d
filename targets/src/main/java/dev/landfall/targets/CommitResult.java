package dev.landfall.targets;

import dev.landfall.model.ObjectRecord;
import org.jspecify.annotations.Nullable;

/** The answer to a {@link Change} that the disk did not refuse. */
public sealed interface CommitResult {
    /** @param previous the record before, a tombstone too; null when the key had none */
    record Committed(ObjectRecord record, @Nullable ObjectRecord previous) implements CommitResult {}

    /** Nothing was changed. */
    record Rejected(Reason reason, @Nullable ObjectRecord current) implements CommitResult {}

    enum Reason {
        /** A condition of the request does not hold. */
        PRECONDITION,
        /** There is nothing to delete. */
        NOT_FOUND,
        /** The record is not the one the change started from. */
        CHANGED,
        /** This very output is there already. */
        STORED,
        /** A newer output of the same source is there. */
        SUPERSEDED,
        /** The name belongs to another source or to a user. */
        OUTPUT_CONFLICT
    }
}
