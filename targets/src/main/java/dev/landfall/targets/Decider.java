package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectRecord.DirtyMark;
import dev.landfall.model.Origin;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides what a change does to a record. Draws numbers, changes nothing else. */
final class Decider {
    private static final Decision CHANGED = new Decision.Reject(CommitResult.Reason.CHANGED);

    private final String nodeId;
    private final TimeSource time;
    private final Predicate<ObjectKey> intended;

    /** @param intended whether S3 may have a change of a key that is not committed here yet */
    Decider(String nodeId, TimeSource time, Predicate<ObjectKey> intended) {
        this.nodeId = nodeId;
        this.time = time;
        this.intended = intended;
    }

    Decision decide(Work work, @Nullable ObjectRecord before, Counter counter) {
        return switch (work) {
            case Work.Reap reap -> reap(reap, before);
            case Work.Apply(Change change, var body, var future) ->
                switch (change) {
                    case Change.Put put -> put(put, bodyOf(body), before, counter);
                    case Change.Delete delete -> delete(delete, before, counter);
                    case Change.MarkClean clean -> markClean(clean, before, counter);
                    case Change.Park park -> park(park, before, counter);
                    case Change.Unpark unpark -> unpark(unpark, before);
                    case Change.Evict evict -> evict(evict, before);
                    case Change.Fill fill -> fill(fill, bodyOf(body), before, counter);
                };
        };
    }

    private Decision put(Change.Put put, Body body, @Nullable ObjectRecord before, Counter counter) {
        var violated = Conditions.violated(put.condition(), before);
        if (violated != null) {
            return new Decision.Reject(violated);
        }
        if (isStale(put.reserved(), before)) {
            return CHANGED;
        }
        long number = counter.take();
        Generation reserved = put.reserved();
        Generation generation = reserved != null ? reserved : Generation.of(counter.epoch(), number);
        Instant now = now();
        String etag = put.etag();
        var after = new ObjectRecord(
                put.key(),
                generation,
                false,
                body.length(),
                body.crc32c(),
                etag != null ? etag : ObjectRecord.etagOf(generation, body.crc32c()),
                put.contentType(),
                put.metadata(),
                put.headers(),
                now,
                put.mode(),
                put.cause(),
                body.files(),
                put.dirty() ? mark(before, number, now) : null,
                put.remoteEtag(),
                put.origin());
        // The parts of a multipart upload were synced when they came.
        boolean fsync = put.durability() == Durability.FSYNC || body.uploadId() != null;
        return new Decision.Write(
                after,
                event(EventType.PUT, after, now, put.traceparent(), null),
                number,
                fsync || put.hasRemote(),
                fsync);
    }

    private Decision delete(Change.Delete delete, @Nullable ObjectRecord before, Counter counter) {
        var violated = Conditions.violated(delete.condition(), before);
        if (violated != null) {
            return new Decision.Reject(violated);
        }
        if (!delete.blind() && (before == null || before.tombstone())) {
            return new Decision.Reject(CommitResult.Reason.NOT_FOUND);
        }
        if (isStale(delete.reserved(), before)) {
            return CHANGED;
        }
        long number = counter.take();
        Generation reserved = delete.reserved();
        Generation generation = reserved != null ? reserved : Generation.of(counter.epoch(), number);
        Instant now = now();
        var after = new ObjectRecord(
                delete.key(),
                generation,
                true,
                0,
                0,
                "",
                null,
                Map.of(),
                Map.of(),
                now,
                delete.mode(),
                delete.cause(),
                List.of(),
                delete.dirty() ? mark(before, number, now) : null,
                null,
                null);
        boolean synced = delete.durability() == Durability.FSYNC || delete.hasRemote();
        return new Decision.Write(
                after, event(EventType.DELETE, after, now, delete.traceparent(), null), number, synced, true);
    }

    private Decision markClean(Change.MarkClean clean, @Nullable ObjectRecord before, Counter counter) {
        if (before == null || !before.generation().equals(clean.generation())) {
            return CHANGED;
        }
        if (before.dirtySince() == null) {
            return new Decision.Nothing(before);
        }
        var after = before.withRemote(null, clean.remoteEtag());
        return outcome(EventType.UPLOADED, after, clean.remoteEtag(), counter);
    }

    private Decision park(Change.Park park, @Nullable ObjectRecord before, Counter counter) {
        if (before == null || !before.generation().equals(park.generation())) {
            return CHANGED;
        }
        DirtyMark mark = before.dirtySince();
        if (mark == null) {
            return CHANGED;
        }
        if (park.reason().equals(mark.parked())) {
            return new Decision.Nothing(before);
        }
        var parked = new DirtyMark(mark.order(), mark.since(), park.reason());
        return outcome(EventType.PARKED, before.withRemote(parked, before.remoteEtag()), park.reason(), counter);
    }

    private static Decision unpark(Change.Unpark unpark, @Nullable ObjectRecord before) {
        if (before == null || !before.generation().equals(unpark.generation())) {
            return CHANGED;
        }
        DirtyMark mark = before.dirtySince();
        if (mark == null || mark.parked() == null) {
            return new Decision.Nothing(before);
        }
        var after = before.withRemote(new DirtyMark(mark.order(), mark.since(), null), before.remoteEtag());
        return new Decision.Write(after, null, 0, false, true);
    }

    private static Decision evict(Change.Evict evict, @Nullable ObjectRecord before) {
        return before != null
                        && !before.tombstone()
                        && before.dirtySince() == null
                        && before.generation().equals(evict.generation())
                ? new Decision.Write(null, null, 0, true, true)
                : CHANGED;
    }

    private Decision fill(Change.Fill fill, Body body, @Nullable ObjectRecord before, Counter counter) {
        Generation expected = fill.expected();
        ChangeCause cause = ChangeCause.CLIENT;
        WritebackMode mode = fill.mode();
        Origin origin = null;
        Generation generation;
        if (expected == null) {
            // It would take a newer generation than the change on its way, and hide it for good.
            if (before != null || intended.test(fill.key())) {
                return CHANGED;
            }
            generation = counter.takeGeneration();
        } else {
            // S3 does not have what is dirty, and what was deleted here must not come back from there.
            if (before == null
                    || !before.generation().equals(expected)
                    || before.tombstone()
                    || before.dirtySince() != null) {
                return CHANGED;
            }
            generation = expected;
            cause = before.cause();
            origin = before.origin();
        }
        var after = new ObjectRecord(
                fill.key(),
                generation,
                false,
                body.length(),
                body.crc32c(),
                fill.etag(),
                fill.contentType(),
                fill.metadata(),
                fill.headers(),
                fill.modified().truncatedTo(ChronoUnit.MILLIS),
                mode,
                cause,
                body.files(),
                null,
                fill.remoteEtag(),
                origin);
        return new Decision.Write(after, null, 0, false, false);
    }

    private static Decision reap(Work.Reap reap, @Nullable ObjectRecord before) {
        return before != null
                        && before.tombstone()
                        && before.dirtySince() == null
                        && before.generation().equals(reap.generation())
                ? new Decision.Write(null, null, 0, false, true)
                : CHANGED;
    }

    private Decision outcome(EventType type, ObjectRecord after, @Nullable String detail, Counter counter) {
        return new Decision.Write(after, event(type, after, now(), null, detail), counter.take(), false, true);
    }

    private ObjectEvent event(
            EventType type, ObjectRecord record, Instant now, @Nullable String traceparent, @Nullable String detail) {
        return new ObjectEvent(
                type,
                record.key(),
                record.generation(),
                record.size(),
                record.etag(),
                now,
                nodeId,
                record.mode(),
                record.cause(),
                record.origin(),
                traceparent,
                detail);
    }

    /** The first change that S3 has not seen keeps its place; what was parked is tried again with the new generation. */
    private static DirtyMark mark(@Nullable ObjectRecord before, long number, Instant now) {
        DirtyMark old = before == null ? null : before.dirtySince();
        return old == null ? new DirtyMark(number, now, null) : new DirtyMark(old.order(), old.since(), null);
    }

    private static boolean isStale(@Nullable Generation reserved, @Nullable ObjectRecord before) {
        return reserved != null && before != null && !reserved.isAfter(before.generation());
    }

    private static Body bodyOf(@Nullable Body body) {
        if (body == null) {
            throw new IllegalStateException("The change has no body");
        }
        return body;
    }

    private Instant now() {
        return time.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
