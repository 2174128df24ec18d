package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.BodyReader;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.Attempts.Result;
import dev.landfall.writeback.Attempts.Work;
import dev.landfall.writeback.Lanes.Next;
import dev.landfall.writeback.RemoteStore.Upload;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One step of a lane: brings the newest dirty generation of its key to S3 and marks it clean, or says when to try again. */
final class Uploader implements Lanes.Step {
    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);
    private static final Next IDLE = new Next.Idle();
    private static final Next AGAIN = new Next.Again();

    private final ObjectStore store;
    private final Remotes remotes;
    private final Attempts attempts;
    private final Retries retries;
    private final WritebackMetrics metrics;
    private final TimeSource time;
    private final RandomGenerator random;
    /** Buckets without a remote, said once each. */
    private final Set<BucketName> homeless = ConcurrentHashMap.newKeySet();

    Uploader(
            ObjectStore store,
            Remotes remotes,
            Attempts attempts,
            Retries retries,
            WritebackMetrics metrics,
            TimeSource time,
            RandomGenerator random) {
        this.store = store;
        this.remotes = remotes;
        this.attempts = attempts;
        this.retries = retries;
        this.metrics = metrics;
        this.time = time;
        this.random = random;
    }

    @Override
    public Next run(Lane lane) {
        try {
            ObjectRecord record = store.lookup(lane.key).orElse(null);
            if (record == null || record.state() != ObjectState.DIRTY) {
                return rest(lane);
            }
            Place place = remotes.find(lane.key);
            if (place == null) {
                if (homeless.add(lane.key.bucket())) {
                    LOG.warn("{} waits for S3, but its bucket has no remote that this node knows", lane.key);
                }
                // Holds no lane: a sweep comes back to it.
                return rest(lane);
            }
            Health health = place.remote().health();
            Health.Leave leave = health.ask();
            if (leave == Health.Leave.NO) {
                return backOff(lane, true);
            }
            try {
                return bring(lane, place, record);
            } finally {
                if (leave == Health.Leave.TRIAL) {
                    health.trialOver();
                }
            }
        } catch (LandfallException e) {
            // Those of a disk that has failed must not keep the lanes of the others; a sweep comes back to them.
            if (e.code() == ErrorCode.NOT_OWNER || e.code() == ErrorCode.MOUNTPATH_FENCED) {
                return IDLE;
            }
            LOG.warn("Write-back of {} failed and is tried again: {}", lane.key, e.getMessage());
            return backOff(lane, false);
        }
    }

    private Next bring(Lane lane, Place place, ObjectRecord record) {
        Lane.Held held = lane.held;
        if (held != null && held.generation().equals(record.generation())) {
            return lookAgain(lane, place, record);
        }
        lane.held = null;
        if (record.tombstone()) {
            return after(lane, place, record, attempts.bring(lane, place, Work.delete(record.generation())));
        }
        Optional<BodyReader> body;
        try {
            body = store.read(record);
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.CORRUPT_OBJECT) {
                // The last run may have brought it there before it could say so.
                Result there = attempts.settle(lane, place, Work.look(record));
                return there == null
                        ? park(lane, record, "the local data do not match their checksum")
                        : after(lane, place, record, there);
            }
            throw e;
        }
        if (body.isEmpty()) {
            return AGAIN;
        }
        try (BodyReader reader = body.get()) {
            var upload = new Upload(
                    new FileContent(reader.paths(), record.size(), record.crc32c()),
                    record.size(),
                    record.crc32c(),
                    record.contentType(),
                    RemoteObject.metadata(record.metadata(), record.generation(), record.crc32c(), record.etag()),
                    record.headers());
            return after(lane, place, record, attempts.bring(lane, place, Work.put(record.generation(), upload)));
        }
    }

    private Next after(Lane lane, Place place, ObjectRecord record, Result result) {
        return switch (result) {
            case Result.Done(String etag) -> acknowledged(lane, record, etag);
            case Result.Superseded(var by) ->
                park(lane, record, "S3 has generation " + by + ", which is newer than " + record.generation());
            case Result.Failed(Outcome.Spoilt spoilt) -> park(lane, record, spoilt.describe());
            case Result.Failed(Outcome.Refused refused) -> refused(lane, record, refused);
            case Result.Failed(Outcome outcome) -> {
                if (lane.failures == 0) {
                    LOG.info("Write-back of {} is tried again: {}", record.key(), outcome.describe());
                }
                yield backOff(lane, outcome instanceof Outcome.NotSent || outcome instanceof Outcome.Unclear);
            }
        };
    }

    private Next acknowledged(Lane lane, ObjectRecord record, @Nullable String etag) {
        lane.failures = 0;
        lane.refusals = 0;
        if (!lane.hazards.isEmpty()) {
            // An attempt without an answer may still land on top of this one, or has done so while this one was on its
            // way: dirty until S3 was looked at after its time.
            lane.held = new Lane.Held(record.generation());
            return new Next.Rest(Duration.ofNanos(lane.hazardNanos(time.nanos())));
        }
        return markClean(lane, record, etag);
    }

    /** After the time of an older attempt without an answer. */
    private Next lookAgain(Lane lane, Place place, ObjectRecord record) {
        long nanos = lane.hazardNanos(time.nanos());
        if (nanos > 0) {
            return new Next.Rest(Duration.ofNanos(nanos));
        }
        lane.held = null;
        lane.unsettled = true;
        Result result = attempts.settle(lane, place, Work.look(record));
        return result == null ? AGAIN : after(lane, place, record, result);
    }

    private Next markClean(Lane lane, ObjectRecord record, @Nullable String etag) {
        // Should the mark fail, S3 is looked at before anything is sent again.
        lane.unsettled = true;
        CommitResult result =
                Commits.await(store.commit(new Change.MarkClean(record.key(), record.generation(), etag)));
        lane.unsettled = false;
        if (result instanceof CommitResult.Rejected) {
            return AGAIN;
        }
        var mark = record.dirtySince();
        if (mark != null) {
            metrics.uploaded(Duration.between(mark.since(), time.now()));
        }
        return rest(lane);
    }

    private Next refused(Lane lane, ObjectRecord record, Outcome.Refused refused) {
        if (!record.generation().equals(lane.refused)) {
            lane.refused = record.generation();
            lane.refusals = 0;
        }
        lane.refusals++;
        return lane.refusals >= retries.refusals()
                ? park(lane, record, refused.detail())
                : new Next.BackOff(retries.afterRefusal(lane.refusals, random), false);
    }

    private Next park(Lane lane, ObjectRecord record, String reason) {
        CommitResult result = Commits.await(store.commit(new Change.Park(record.key(), record.generation(), reason)));
        if (result instanceof CommitResult.Rejected) {
            return AGAIN;
        }
        LOG.warn("{} is parked: {}", record.key(), reason);
        return rest(lane);
    }

    private Next backOff(Lane lane, boolean outage) {
        lane.failures++;
        return new Next.BackOff(retries.afterFailure(lane.failures, random), outage);
    }

    /** Nothing is dirty. The lane is kept while an attempt without an answer may be alive: the next change has to know of it. */
    private Next rest(Lane lane) {
        lane.failures = 0;
        long nanos = lane.hazardNanos(time.nanos());
        return nanos > 0 ? new Next.Rest(Duration.ofNanos(nanos)) : IDLE;
    }
}
