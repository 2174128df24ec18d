package dev.landfall.writeback;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.Lane.Known;
import dev.landfall.writeback.RemoteStore.Look;
import dev.landfall.writeback.RemoteStore.Upload;
import org.jspecify.annotations.Nullable;

/**
 * Brings one generation of a key to S3. Settles what an earlier attempt left open, chooses the condition, and leaves in the lane what is
 * known afterwards. Only for who holds the lane's turn.
 */
final class Attempts {
    /** How often a condition may fail before the attempt is given up for now: somebody else writes the same object all the time. */
    private static final int CONDITION_TRIES = 3;

    /**
     * @param upload null for a delete, and when S3 is only to be looked at
     * @param delete whether S3 is to have nothing
     */
    record Work(Generation generation, @Nullable Upload upload, boolean delete, long length, int crc32c) {
        static Work put(Generation generation, Upload upload) {
            return new Work(generation, upload, false, upload.length(), upload.crc32c());
        }

        static Work delete(Generation generation) {
            return new Work(generation, null, true, 0, 0);
        }

        static Work look(ObjectRecord record) {
            return new Work(record.generation(), null, record.tombstone(), record.size(), record.crc32c());
        }
    }

    sealed interface Result {
        /** @param etag null for a delete */
        record Done(@Nullable String etag) implements Result {}

        /** S3 has a newer generation. */
        record Superseded(Generation by) implements Result {}

        record Failed(Outcome outcome) implements Result {}
    }

    private final ObjectStore store;
    private final WritebackMetrics metrics;
    private final TimeSource time;
    private final long started;

    Attempts(ObjectStore store, WritebackMetrics metrics, TimeSource time) {
        this.store = store;
        this.metrics = metrics;
        this.time = time;
        this.started = time.nanos();
    }

    /** Aborts the multipart upload that an earlier attempt has left on S3. Null when there is none any more. */
    private @Nullable Outcome endLeftBehind(Lane lane, Place place) {
        String upload = store.remoteUpload(lane.key).orElse(null);
        if (upload == null) {
            return null;
        }
        Outcome outcome = place.store().abort(place.bucket(), place.key(), upload);
        note(place.remote().health(), outcome);
        if (outcome instanceof Outcome.Acknowledged || outcome instanceof Outcome.Refused) {
            store.saveRemoteUpload(lane.key, null); // one that S3 does not let go of is none of the next attempt's
            return null;
        }
        return outcome instanceof Outcome.NotSent ? outcome : new Outcome.NotSent(outcome.describe());
    }

    Result bring(Lane lane, Place place, Work work) {
        if (lane.recovered) {
            lane.recovered = false;
            // An attempt of the last run can still land on top of what is sent now: nothing is known of its condition.
            long until = started + place.remote().attemptTimeout().toNanos();
            var unknown = new Hazard(new Generation(0), until);
            if (!lane.hazards.contains(unknown)) {
                lane.hazards.add(unknown);
            }
            lane.unsettled = true;
        }
        Outcome left = endLeftBehind(lane, place);
        if (left != null) {
            return failed(left);
        }
        if (lane.unsettled || lane.known instanceof Known.Unknown) {
            Result settled = settle(lane, place, work);
            if (settled != null) {
                return settled;
            }
        }
        for (int i = 0; i < CONDITION_TRIES; i++) {
            RemoteCondition condition = condition(lane, place, work);
            lane.forgetOver(time.nanos());
            lane.sending(work.generation());
            Upload upload = work.upload();
            Outcome outcome = upload == null
                    ? place.store().delete(place.bucket(), place.key())
                    : place.store()
                            .put(
                                    place.bucket(),
                                    place.key(),
                                    upload.keeping(id -> store.saveRemoteUpload(lane.key, id)),
                                    condition);
            note(place.remote().health(), outcome);
            switch (outcome) {
                case Outcome.Acknowledged(String etag) -> {
                    lane.known = upload == null ? Lane.ABSENT : etag == null ? Lane.UNKNOWN : new Known.Etag(etag);
                    return new Result.Done(etag);
                }
                case Outcome.ConditionFailed failed -> {
                    metrics.conditionFailed();
                    lane.notCarriedOut();
                    Result settled = settle(lane, place, work);
                    if (settled != null) {
                        return settled;
                    }
                }
                case Outcome.Unclear unclear -> {
                    lane.unsettled = true;
                    if (!unclear.over()) {
                        long until =
                                time.nanos() + place.remote().attemptTimeout().toNanos();
                        lane.hazards.add(new Hazard(work.generation(), until));
                    }
                    return failed(unclear);
                }
                case Outcome.NotSent notSent -> {
                    lane.notCarriedOut();
                    return failed(notSent);
                }
                case Outcome.Refused refused -> {
                    lane.notCarriedOut();
                    return failed(refused);
                }
                case Outcome.Spoilt spoilt -> {
                    lane.notCarriedOut();
                    return failed(spoilt);
                }
            }
        }
        return failed(new Outcome.Unclear(true, "somebody else keeps changing the object on S3"));
    }

    /** Looks at what S3 has. Null when the work is still to be done, and what S3 has is known. */
    @Nullable
    Result settle(Lane lane, Place place, Work work) {
        lane.forgetOver(time.nanos());
        return switch (place.store().head(place.bucket(), place.key())) {
            case Look.Failed(Outcome outcome) -> {
                note(place.remote().health(), outcome);
                lane.unsettled = true;
                // A look changes nothing, so a failed one is never unclear.
                yield failed(outcome instanceof Outcome.Refused ? outcome : new Outcome.NotSent(outcome.describe()));
            }
            case Look.Absent absent -> {
                lane.unsettled = false;
                lane.known = Lane.ABSENT;
                yield work.delete() ? new Result.Done(null) : null;
            }
            case Look.Found(RemoteObject there) -> {
                lane.unsettled = false;
                lane.known = new Known.Etag(there.etag());
                Generation generation = there.generation();
                if (!work.delete() && there.is(work.generation(), work.length(), work.crc32c())) {
                    lane.carriedOut(work.generation());
                    yield new Result.Done(there.etag());
                }
                if (generation == null || generation.equals(work.generation())) {
                    // Not ours, or of another cluster that counted with the same numbers. The last word spoken here
                    // wins; who writes behind our back is told so in the docs.
                    metrics.foreignOverwritten();
                    yield null;
                }
                yield generation.isAfter(work.generation()) ? new Result.Superseded(generation) : null;
            }
        };
    }

    private static RemoteCondition condition(Lane lane, Place place, Work work) {
        if (work.delete() || !place.remote().probe().supported(place)) {
            return RemoteCondition.NONE;
        }
        return switch (lane.known) {
            case Known.Unknown unknown -> RemoteCondition.NONE;
            case Known.Absent absent -> RemoteCondition.ABSENT;
            case Known.Etag(String etag) -> new RemoteCondition.IfEtag(etag);
        };
    }

    private static void note(Health health, Outcome outcome) {
        switch (outcome) {
            case Outcome.NotSent notSent -> health.silent();
            case Outcome.Unclear unclear -> health.silent();
            case Outcome.Acknowledged acknowledged -> health.answered();
            case Outcome.ConditionFailed failed -> health.answered();
            case Outcome.Refused refused -> health.answered();
            case Outcome.Spoilt spoilt -> {}
        }
    }

    private Result failed(Outcome outcome) {
        metrics.attemptFailed(outcome);
        return new Result.Failed(outcome);
    }
}
