package dev.landfall.writeback;

import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.RemoteStore.Look;
import java.time.Duration;

/** What became of the wish to free a local copy. The one gate: the last local copy goes only when S3 has just said that it has it too. */
public sealed interface Eviction {
    /** @param bytes freed */
    record Evicted(long bytes) implements Eviction {}

    /** There is no local copy. */
    record Absent() implements Eviction {}

    /** @param why S3 may not have it */
    record Kept(String why) implements Eviction {}

    /** @throws LandfallException {@code INVALID_ARGUMENT} when the bucket has no remote, or that S3 could not be asked */
    static Eviction of(ObjectStore store, Remotes remotes, CommitGate gate, ObjectKey key) {
        Place place = remotes.place(key, remotes.bucket(key.bucket()));
        ObjectRecord record = store.lookup(key).orElse(null);
        if (record == null || record.tombstone()) {
            return new Absent();
        }
        if (record.dirtySince() != null) {
            return new Kept(record.dirtySince().parked() == null ? "it is not on S3 yet" : "S3 refused it");
        }
        if (record.origin() != null) {
            return new Kept("it is an output, and what it was made from is remembered only here");
        }
        return switch (place.store().head(place.bucket(), place.key())) {
            case Look.Failed(Outcome outcome) -> throw RemoteErrors.failed("look up " + key + " on S3", outcome);
            case Look.Absent absent -> new Kept("S3 does not have it any more");
            case Look.Found(RemoteObject object) ->
                ColdReads.isSame(object, record)
                        ? evict(store, gate, record, place.remote().attemptTimeout())
                        : new Kept("S3 has another version of it");
        };
    }

    /** Alone in the gate: other changes of the key look for its record before they commit. */
    private static Eviction evict(ObjectStore store, CommitGate gate, ObjectRecord record, Duration patience) {
        CommitResult result;
        gate.enterExclusive(record.key(), patience);
        try {
            result = Commits.await(store.commit(new Change.Evict(record.key(), record.generation())));
        } finally {
            gate.leaveExclusive(record.key());
        }
        return result instanceof CommitResult.Committed
                ? new Evicted(record.size())
                : new Kept("it changed in the meantime");
    }
}
