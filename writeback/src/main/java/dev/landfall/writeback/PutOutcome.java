package dev.landfall.writeback;

import dev.landfall.model.ObjectRecord;

/** @param record the object as it now is: the one put, or the one that was there */
public record PutOutcome(Kind kind, ObjectRecord record) {
    public enum Kind {
        COMMITTED,
        /** This very output was there: nothing written, no second event. */
        ALREADY_STORED,
        /** A newer output of the same source is there. */
        SUPERSEDED
    }
}
