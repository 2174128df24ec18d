package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import dev.landfall.writeback.RemoteStore.Upload;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether an endpoint keeps {@code If-None-Match: *} and {@code If-Match} on PUT: many that speak S3 ignore them. Asks once,
 * with a small object that it removes again. Until it knows, the answer is no.
 */
final class ConditionProbe {
    private static final Logger LOG = LoggerFactory.getLogger(ConditionProbe.class);
    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();
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
    private volatile long notBefore;

    /** @param token in the name of the probe's object; no two nodes have the same one */
    ConditionProbe(RemoteStore store, String endpoint, String token, TimeSource time) {
        this.store = store;
        this.endpoint = endpoint;
        this.token = token;
        this.time = time;
        this.notBefore = time.nanos();
    }

    /** Answers at once; asks in the background if that is not known yet. */
    boolean supported(Place place) {
        if (answer == Answer.UNKNOWN && time.nanos() - notBefore >= 0 && asking.compareAndSet(false, true)) {
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
        if (answer == Answer.UNKNOWN && time.nanos() - notBefore >= 0) {
            ask(place);
        }
        return answer == Answer.YES;
    }

    private void ask(Place place) {
        String key = place.besides(".landfall-probe/" + token);
        answer = probe(place.bucket(), key);
        notBefore = time.nanos() + PAUSE_NANOS;
        if (answer != Answer.UNKNOWN) {
            store.delete(place.bucket(), key);
            LOG.info("Remote {} {} conditions on PUT", endpoint, answer == Answer.YES ? "keeps" : "does not keep");
        }
    }

    private Answer probe(String bucket, String key) {
        var upload =
                new Upload(() -> new ByteArrayInputStream(BODY), BODY.length, 0, "application/octet-stream", Map.of());
        // Both orders of events are seen: a condition that holds must be taken, one that does not must be refused.
        Outcome first = store.put(bucket, key, upload, RemoteCondition.NONE);
        if (!(first instanceof Outcome.Acknowledged(String etag)) || etag == null) {
            return first instanceof Outcome.Refused ? Answer.NO : Answer.UNKNOWN;
        }
        Outcome[] refusals = {
            store.put(bucket, key, upload, RemoteCondition.ABSENT),
            store.put(bucket, key, upload, new RemoteCondition.IfEtag("0123456789abcdef0123456789abcdef"))
        };
        for (Outcome outcome : refusals) {
            if (outcome instanceof Outcome.Unclear || outcome instanceof Outcome.NotSent) {
                return Answer.UNKNOWN;
            }
            if (!(outcome instanceof Outcome.ConditionFailed)) {
                return Answer.NO;
            }
        }
        return switch (store.put(bucket, key, upload, new RemoteCondition.IfEtag(etag))) {
            case Outcome.Acknowledged a -> Answer.YES;
            case Outcome.Unclear u -> Answer.UNKNOWN;
            case Outcome.NotSent n -> Answer.UNKNOWN;
            case Outcome.ConditionFailed c -> Answer.NO;
            case Outcome.Refused r -> Answer.NO;
            case Outcome.Spoilt s -> Answer.NO;
        };
    }
}
