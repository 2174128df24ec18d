package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Origin;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.CommitResult.Reason;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.RemoteStore.Look;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Conditions of requests where the commit alone cannot decide them: before S3 is changed, and for objects that are only on S3. */
final class Preconditions {
    private Preconditions() {}

    /** Why the condition does not hold of the record; null when it does. By the same rules as in the commit. */
    static @Nullable Reason violated(Condition condition, @Nullable ObjectRecord record) {
        ObjectRecord current = record == null || record.tombstone() ? null : record;
        return switch (condition) {
            case Condition.Always always -> null;
            case Condition.IfAbsent absent -> current == null ? null : Reason.PRECONDITION;
            case Condition.IfEtag(String etag) ->
                current != null && matches(etag, current.etag()) ? null : Reason.PRECONDITION;
            case Condition.IfUnmodifiedSince(Instant since) ->
                current == null || !isModified(current.modified(), since) ? null : Reason.PRECONDITION;
            case Condition.IfGeneration(var generation) ->
                current != null && current.generation().equals(generation) ? null : Reason.PRECONDITION;
            case Condition.IfOutput(Origin origin, boolean overwrite) ->
                current == null ? null : output(origin, overwrite, current.origin());
        };
    }

    /** Whether {@link #onRemote} has something to ask. */
    static boolean asksS3(Condition condition) {
        return condition instanceof Condition.IfAbsent
                || condition instanceof Condition.IfEtag
                || condition instanceof Condition.IfUnmodifiedSince
                || condition instanceof Condition.IfOutput(Origin origin, boolean overwrite) && !overwrite;
    }

    /**
     * For a key without any record, in a bucket with a remote: looks at S3 for a condition that S3 can decide.
     *
     * @param body that is to be stored; null for a delete
     * @return the condition for the commit
     * @throws LandfallException {@code PRECONDITION_FAILED}, or that S3 could not be asked
     */
    static Condition onRemote(Condition condition, ObjectKey key, Place place, @Nullable BodyWriter body) {
        return switch (condition) {
            case Condition.IfAbsent absent -> {
                if (look(key, place) != null) {
                    throw failed(key);
                }
                yield condition;
            }
            case Condition.IfEtag(String etag) -> {
                RemoteObject there = look(key, place);
                if (there == null || !matches(etag, RemoteErrors.etag(there))) {
                    throw failed(key);
                }
                yield Condition.ABSENT;
            }
            case Condition.IfUnmodifiedSince(Instant since) -> {
                RemoteObject there = look(key, place);
                if (there != null && isModified(there.modified(), since)) {
                    throw failed(key);
                }
                yield condition;
            }
            case Condition.Always always -> condition;
            case Condition.IfGeneration generation -> condition;
            case Condition.IfOutput(Origin origin, boolean overwrite) -> {
                if (!overwrite && isOthers(place, body)) {
                    throw Changes.rejected(key, Reason.OUTPUT_CONFLICT);
                }
                yield condition;
            }
        };
    }

    static LandfallException failed(ObjectKey key) {
        return new LandfallException(
                ErrorCode.PRECONDITION_FAILED, "A condition of the request does not hold of " + key);
    }

    /**
     * Whether S3 has an object under the name of an output that is not this very output. Pipelines go on while S3 does not answer: then
     * it is not.
     */
    private static boolean isOthers(Place place, @Nullable BodyWriter body) {
        return !place.remote().health().isSilent()
                && place.store().head(place.bucket(), place.key()) instanceof Look.Found(RemoteObject there)
                && !(body != null
                        && there.size() == body.length()
                        && Integer.valueOf(body.crc32c()).equals(there.crc32c()));
    }

    private static @Nullable RemoteObject look(ObjectKey key, Place place) {
        return switch (place.store().head(place.bucket(), place.key())) {
            case Look.Found(RemoteObject object) -> object;
            case Look.Absent absent -> null;
            case Look.Failed(Outcome outcome) -> throw RemoteErrors.failed("look up " + key + " on S3", outcome);
        };
    }

    private static boolean isModified(Instant modified, Instant since) {
        return modified.truncatedTo(ChronoUnit.SECONDS).isAfter(since);
    }

    private static boolean matches(String wanted, String etag) {
        String bare = RemoteObject.unquoted(wanted.strip());
        return bare.equals("*") || bare.equals(etag);
    }

    private static @Nullable Reason output(Origin origin, boolean overwrite, @Nullable Origin current) {
        if (current == null || !current.sameSource(origin)) {
            return overwrite ? null : Reason.OUTPUT_CONFLICT;
        }
        int age = current.compareAge(origin);
        return age < 0 ? null : age == 0 ? Reason.STORED : Reason.SUPERSEDED;
    }
}
