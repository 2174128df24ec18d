package dev.landfall.targets;

import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Origin;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Decides {@link Condition}s. */
final class Conditions {
    private Conditions() {}

    /** Why the condition does not hold of the record (null or a tombstone: there is no object); null when it does. */
    static CommitResult.@Nullable Reason violated(Condition condition, @Nullable ObjectRecord record) {
        ObjectRecord current = record == null || record.tombstone() ? null : record;
        return switch (condition) {
            case Condition.Always always -> null;
            case Condition.IfAbsent absent -> current == null ? null : CommitResult.Reason.PRECONDITION;
            case Condition.IfEtag(String etag) ->
                current != null && matches(etag, current.etag()) ? null : CommitResult.Reason.PRECONDITION;
            case Condition.IfUnmodifiedSince(Instant since) ->
                current == null || !isModified(current.modified(), since) ? null : CommitResult.Reason.PRECONDITION;
            case Condition.IfGeneration(var generation) ->
                current != null && current.generation().equals(generation) ? null : CommitResult.Reason.PRECONDITION;
            case Condition.IfOutput(Origin origin, boolean overwrite) ->
                current == null ? null : output(origin, overwrite, current.origin());
        };
    }

    private static boolean isModified(Instant modified, Instant since) {
        return modified.truncatedTo(ChronoUnit.SECONDS).isAfter(since);
    }

    private static boolean matches(String wanted, String etag) {
        String bare = wanted.strip();
        if (bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        return bare.equals("*") || bare.equals(etag);
    }

    private static CommitResult.@Nullable Reason output(Origin origin, boolean overwrite, @Nullable Origin current) {
        if (current == null || !current.sameSource(origin)) {
            return overwrite ? null : CommitResult.Reason.OUTPUT_CONFLICT;
        }
        int age = current.compareAge(origin);
        return age < 0 ? null : age == 0 ? CommitResult.Reason.STORED : CommitResult.Reason.SUPERSEDED;
    }
}
