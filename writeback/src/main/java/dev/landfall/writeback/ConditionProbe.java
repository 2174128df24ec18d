package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import dev.landfall.writeback.RemoteStore.Upload;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether an endpoint keeps {@code If-None-Match: *} and {@code If-Match} on PUT: many that speak S3 ignore them. Asks with a
 * small object that it removes again, until it knows; before that the answer is no. What only one bucket says (it is not there, or not
 * for these credentials) decides nothing about the endpoint.
 */
final class ConditionProbe {
    /** Under the bucket's prefix; what is in it is no object of the bucket. */
    static final String DIRECTORY = ".landfall-probe/";

    private static final Logger LOG = LoggerFactory.getLogger(ConditionProbe.class);
    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();
    /** A bucket that cannot answer must not be in the way of one that can. */
    private static final long OTHER_BUCKET_NANOS = Duration.ofSeconds(5).toNanos();

    private static final byte[] BODY = {'?'};

    private enum Answer {
        UNKNOWN,
        YES,
        NO
    }

    private final RemoteStore store;
    private final String endpoint;
    private final String token;
    private final TimeSource time;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile Answer answer = Answer.UNKNOWN;
    private volatile @Nullable Asked last;

    /** The bucket that was asked last, and when. */
    private record Asked(String bucket, long at) {}

    /** @param token in the name of the probe's object; no two nodes have the same one */
    ConditionProbe(RemoteStore store, String endpoint, String token, TimeSource time) {
        this.store = store;
        this.endpoint = endpoint;
        this.token = token;
        this.time = time;
    }

    /** Answers at once; asks in the background if that is not known yet. */
    boolean supported(Place place) {
        if (answer == Answer.UNKNOWN && due(place) && asking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("landfall-probe-" + endpoint).start(() -> {
                try {
                    find(place);
                } finally {
                    asking.set(false);
                }
            });
        }
        return answer == Answer.YES;
    }

    /** Asks now if that is not known yet and was not tried just before. */
    synchronized boolean find(Place place) {
        if (answer == Answer.UNKNOWN && due(place)) {
            ask(place);
        }
        return answer == Answer.YES;
    }

    private boolean due(Place place) {
        Asked before = last;
        return before == null
                || time.nanos() - before.at()
                        >= (before.bucket().equals(place.bucket()) ? PAUSE_NANOS : OTHER_BUCKET_NANOS);
    }

    private void ask(Place place) {
        answer = probe(place.bucket(), place.besides(DIRECTORY + token));
        last = new Asked(place.bucket(), time.nanos());
        if (answer != Answer.UNKNOWN) {
            LOG.info("Remote {} {} conditions on PUT", endpoint, answer == Answer.YES ? "keeps" : "does not keep");
        }
    }

    private Answer probe(String bucket, String key) {
        var upload =
                new Upload(() -> new ByteArrayInputStream(BODY), BODY.length, 0, "application/octet-stream", Map.of());
        Outcome first = store.put(bucket, key, upload, RemoteCondition.NONE);
        if (!(first instanceof Outcome.Acknowledged(String etag))) {
            LOG.debug("The bucket {} does not say whether it keeps conditions: {}", bucket, first.describe());
            return Answer.UNKNOWN;
        }
        Answer found = etag == null ? Answer.UNKNOWN : conditions(bucket, key, upload, etag);
        store.delete(bucket, key);
        return found;
    }

    /** Both orders of events are seen: a condition that holds must be taken, one that does not must be refused. */
    private Answer conditions(String bucket, String key, Upload upload, String etag) {
        RemoteCondition[] broken = {
            RemoteCondition.ABSENT, new RemoteCondition.IfEtag("0123456789abcdef0123456789abcdef")
        };
        for (RemoteCondition condition : broken) {
            Outcome outcome = store.put(bucket, key, upload, condition);
            if (!(outcome instanceof Outcome.ConditionFailed)) {
                return outcome instanceof Outcome.Acknowledged ? Answer.NO : unkept(outcome);
            }
        }
        Outcome kept = store.put(bucket, key, upload, new RemoteCondition.IfEtag(etag));
        return switch (kept) {
            case Outcome.Acknowledged a -> Answer.YES;
            case Outcome.ConditionFailed c -> Answer.NO;
            case Outcome.Refused r -> unkept(r);
            case Outcome.Unclear u -> Answer.UNKNOWN;
            case Outcome.NotSent n -> Answer.UNKNOWN;
            case Outcome.Spoilt s -> Answer.UNKNOWN;
        };
    }

    /** S3 took the same PUT without a condition a moment ago: 400 and 501 mean the condition; 403 may be this bucket's policy. */
    private static Answer unkept(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused && (refused.status() == 400 || refused.status() == 501)
                ? Answer.NO
                : Answer.UNKNOWN;
    }
}
