package dev.landfall.writeback;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.Durability;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.Condition;
import dev.landfall.targets.Intent;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.Attempts.Result;
import dev.landfall.writeback.Attempts.Work;
import dev.landfall.writeback.RemoteStore.Look;
import dev.landfall.writeback.RemoteStore.Upload;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes in mode {@code sync}: an intent, then S3, then the commit. Refused for certain: as if it had never been. Anything that leaves
 * doubt is committed as dirty and finished by the lane: once S3 may have a generation, the only way is forward.
 */
final class SyncChanges {
    /** How often one generation is sent when S3 drops the connection; sending the same one again does no harm. */
    private static final int TRIES = 2;

    private final ObjectStore store;
    private final Remotes remotes;
    private final Lanes lanes;
    private final CommitGate gate;
    private final Attempts attempts;
    private final Changes changes;
    private final IntentRecovery intents;
    private final LastRun lastRun;
    private final TimeSource time;

    SyncChanges(
            ObjectStore store,
            Remotes remotes,
            Lanes lanes,
            CommitGate gate,
            Attempts attempts,
            Changes changes,
            IntentRecovery intents,
            LastRun lastRun,
            TimeSource time) {
        this.store = store;
        this.remotes = remotes;
        this.lanes = lanes;
        this.gate = gate;
        this.attempts = attempts;
        this.changes = changes;
        this.intents = intents;
        this.lastRun = lastRun;
        this.time = time;
    }

    PutOutcome put(ObjectKey key, PutRequest request, Map<String, String> metadata, BucketSpec spec, BodyWriter body) {
        Place place = remotes.place(key, spec);
        return inTurn(key, place, lane -> {
            ObjectRecord current = store.lookup(key).orElse(null);
            CommitResult.Reason violated = violated(request.condition(), current, key, place, body);
            if (violated != null) {
                return Changes.putOutcome(key, new CommitResult.Rejected(violated, current));
            }
            learn(lane, key, current);
            Generation generation = store.reserve(key);
            var upload = new Upload(
                    new FileContent(body.paths(), body.length(), body.crc32c()),
                    body.length(),
                    body.crc32c(),
                    request.contentType(),
                    RemoteObject.metadata(metadata, generation, body.crc32c(), request.etag()),
                    request.headers());
            var intent = Intent.put(
                    key,
                    generation,
                    body,
                    request.contentType(),
                    IntentRecovery.withOrigin(metadata, request.origin()),
                    request.headers(),
                    request.etag(),
                    request.cause());
            Commit commit = (dirty, etag) -> new Change.Put(
                    key,
                    body,
                    request.contentType(),
                    metadata,
                    request.headers(),
                    request.etag(),
                    WritebackMode.SYNC,
                    request.cause(),
                    durability(spec, dirty),
                    true,
                    dirty,
                    Condition.ALWAYS,
                    generation,
                    etag,
                    request.origin(),
                    request.traceparent());
            return Changes.putOutcome(key, carryOut(lane, place, Work.put(generation, upload), intent, commit));
        });
    }

    /** Returns whether there was an object. */
    boolean delete(ObjectKey key, DeleteRequest request, BucketSpec spec) {
        Place place = remotes.place(key, spec);
        return inTurn(key, place, lane -> {
            ObjectRecord current = store.lookup(key).orElse(null);
            CommitResult.Reason violated = violated(request.condition(), current, key, place, null);
            if (violated != null) {
                throw Changes.rejected(key, violated);
            }
            if (current == null ? !isOnS3(key, place) : current.tombstone() && current.dirtySince() == null) {
                return false;
            }
            learn(lane, key, current);
            Generation generation = store.reserve(key);
            var intent = Intent.delete(key, generation, request.cause());
            Commit commit = (dirty, etag) -> new Change.Delete(
                    key,
                    WritebackMode.SYNC,
                    request.cause(),
                    durability(spec, dirty),
                    true,
                    dirty,
                    true,
                    Condition.ALWAYS,
                    generation,
                    request.traceparent());
            CommitResult result = carryOut(lane, place, Work.delete(generation), intent, commit);
            if (result instanceof CommitResult.Rejected rejected) {
                throw Changes.rejected(key, rejected.reason());
            }
            return current == null || !current.tombstone();
        });
    }

    /** What to commit once the outcome is known. */
    private interface Commit {
        Change of(boolean dirty, @Nullable String remoteEtag);
    }

    private interface InTurn<T> {
        T run(Lane lane);
    }

    /** Behind whatever the lane is doing, and with no other commit of the key in between. */
    private <T> T inTurn(ObjectKey key, Place place, InTurn<T> change) {
        Duration patience = place.remote().attemptTimeout();
        Lane lane = lanes.enter(key, patience);
        if (lane == null) {
            throw new LandfallException(
                    ErrorCode.REMOTE_UNAVAILABLE,
                    "An earlier change of " + key + " is still on its way to S3; try again later",
                    null,
                    Duration.ofSeconds(1));
        }
        try {
            gate.enterExclusive(key, patience);
            try {
                return change.run(lane);
            } finally {
                gate.leaveExclusive(key);
            }
        } finally {
            lanes.leave(lane);
        }
    }

    private CommitResult carryOut(Lane lane, Place place, Work work, Intent intent, Commit commit) {
        store.saveIntent(intent);
        long begin = time.nanos();
        boolean doubt = false;
        for (int i = 1; ; i++) {
            Outcome outcome;
            switch (attempts.bring(lane, place, work)) {
                case Result.Done(String etag) -> {
                    return acknowledged(lane, work, intent, commit, etag);
                }
                case Result.Superseded(Generation by) ->
                    outcome = new Outcome.Refused("S3 has the newer generation " + by);
                case Result.Failed(Outcome failure) -> outcome = failure;
            }
            if (outcome instanceof Outcome.Unclear unclear) {
                Result seen = attempts.settle(lane, place, work);
                if (seen instanceof Result.Done(String etag)) {
                    return acknowledged(lane, work, intent, commit, etag);
                }
                boolean certainlyNot = seen == null && unclear.over();
                doubt |= !certainlyNot;
                boolean early =
                        time.nanos() - begin < place.remote().attemptTimeout().toNanos() / 2;
                if (seen == null && !unclear.over() && early && i < TRIES) {
                    continue;
                }
            }
            String what = (work.delete() ? "delete " : "store ") + intent.key() + " on S3";
            if (doubt) {
                keep(intent, commit.of(true, null));
                throw RemoteErrors.outcomeUnknown(what, outcome);
            }
            store.dropIntent(intent);
            throw RemoteErrors.failed(what, outcome);
        }
    }

    private CommitResult acknowledged(Lane lane, Work work, Intent intent, Commit commit, @Nullable String etag) {
        if (lane.hazards.isEmpty()) {
            return keep(intent, commit.of(false, etag));
        }
        // S3 has it, but an attempt without an answer may still land on top: the lane looks once more after its time.
        lane.held = new Lane.Held(work.generation());
        return keep(intent, commit.of(true, null));
    }

    /** S3 may have it, so it has to be committed: later, if not now. */
    private CommitResult keep(Intent intent, Change change) {
        try {
            CommitResult result = changes.commit(change);
            if (result instanceof CommitResult.Rejected rejected) {
                throw Changes.rejected(intent.key(), rejected.reason());
            }
            return result;
        } catch (LandfallException e) {
            intents.later(intent);
            throw new LandfallException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "S3 may have the change of " + intent.key()
                            + ", which could not be stored here; it is tried again: " + e.getMessage(),
                    e);
        }
    }

    /** While it is dirty, only this disk is certain to have it. */
    private static Durability durability(BucketSpec spec, boolean dirty) {
        return dirty ? Durability.FSYNC : spec.durabilityIn(WritebackMode.SYNC);
    }

    private void learn(Lane lane, ObjectKey key, @Nullable ObjectRecord current) {
        lane.recovered |= lastRun.mayBeTrying(key, current == null ? null : current.dirtySince());
        lane.unsettled |= lane.recovered;
        if (lane.known instanceof Lane.Known.Unknown && !lane.unsettled) {
            lane.known = Changes.known(current);
        }
    }

    private static CommitResult.@Nullable Reason violated(
            Condition condition,
            @Nullable ObjectRecord current,
            ObjectKey key,
            Place place,
            @Nullable BodyWriter body) {
        if (current == null && Preconditions.asksS3(condition)) {
            Preconditions.onRemote(condition, key, place, body);
            return null;
        }
        return Preconditions.violated(condition, current);
    }

    private static boolean isOnS3(ObjectKey key, Place place) {
        return switch (place.store().head(place.bucket(), place.key())) {
            case Look.Found found -> true;
            case Look.Absent absent -> false;
            case Look.Failed(Outcome outcome) -> throw RemoteErrors.failed("look up " + key + " on S3", outcome);
        };
    }
}
