package dev.landfall.writeback;

/** What must hold of the object on S3 for a PUT to be taken. */
sealed interface RemoteCondition {
    record None() implements RemoteCondition {}

    /** {@code If-None-Match: *}. */
    record IfAbsent() implements RemoteCondition {}

    /** {@code If-Match}. */
    record IfEtag(String etag) implements RemoteCondition {}

    RemoteCondition NONE = new None();
    RemoteCondition ABSENT = new IfAbsent();
}
