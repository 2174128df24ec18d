package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.Origin;
import java.time.Instant;

/** What must hold of the current record at the moment of the commit. A tombstone counts as no object. */
public sealed interface Condition {
    /** Nothing. */
    record Always() implements Condition {}

    /** {@code If-None-Match: *}. */
    record IfAbsent() implements Condition {}

    /** {@code If-Match}, with or without quotes; {@code *} for any object. */
    record IfEtag(String etag) implements Condition {}

    /** {@code If-Unmodified-Since}, to the second, as HTTP counts. Holds when there is no object. */
    record IfUnmodifiedSince(Instant since) implements Condition {}

    /** The record still has this generation. */
    record IfGeneration(Generation generation) implements Condition {}

    /**
     * The rule for outputs: no object, or one of the same pipeline and source key that is older. An equal one is rejected as STORED, a
     * newer one as SUPERSEDED, another source's or a user's object as OUTPUT_CONFLICT unless {@code overwrite}.
     */
    record IfOutput(Origin origin, boolean overwrite) implements Condition {}

    Condition ALWAYS = new Always();
    Condition ABSENT = new IfAbsent();
}
