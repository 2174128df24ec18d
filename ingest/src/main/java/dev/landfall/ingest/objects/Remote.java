package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.objects.Places.Place;
import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.RecordCodec;
import dev.landfall.writeback.PutOutcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects at their owners. An owner that says it is none (421) is asked once more after the views had a moment to agree, if the body has
 * not left yet; then the answer is {@code OWNER_UNAVAILABLE}.
 */
public final class Remote {
    static final String VERSION = "Landfall-Map-Version";
    static final String EPOCH = "Landfall-Epoch";
    static final String OUTCOME = "Landfall-Outcome";
    static final String OBJECTS = "/node/v1/objects/";
    private static final Duration AGREE = Duration.ofSeconds(2);
    private static final Duration BEHIND = Duration.ofMillis(300);

    private final Places places;
    private final PeerClient peers;
    private final ViewWatch watch;

    public Remote(Places places, PeerClient peers, ViewWatch watch) {
        this.places = places;
        this.peers = peers;
        this.watch = watch;
    }

    /** Puts at the owner, and reads back the record it committed. */
    PutOutcome put(ObjectKey key, Place.There place, Map<String, String> headers, PeerBody body) {
        var once = new OnceBody(body);
        try (PeerReply reply = ask(key, place, "PUT", path(key), headers, once, false)) {
            return outcome(key, reply);
        }
    }

    /** What a node answers to a change that makes an object. */
    static PutOutcome outcome(ObjectKey key, PeerReply reply) {
        if (!reply.ok()) {
            throw reply.error();
        }
        String kind = String.valueOf(reply.header(OUTCOME));
        return new PutOutcome(
                PutOutcome.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), RecordCodec.decode(key, reply.bytes()));
    }

    /** A request about a key that is not for its object. Close the reply. */
    PeerReply ask(
            ObjectKey key,
            Place.There place,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable PeerBody body) {
        boolean read = method.equals("GET");
        return ask(key, place, method, path, headers, body == null ? null : new OnceBody(body), read);
    }

    /** Any request without a body. Close the reply. */
    PeerReply ask(ObjectKey key, Place.There place, String method, Map<String, String> headers, boolean repeatable) {
        return ask(key, place, method, path(key), headers, null, repeatable);
    }

    private PeerReply ask(
            ObjectKey key,
            Place.There first,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable OnceBody body,
            boolean repeatable) {
        PeerReply reply = send(first, method, path, headers, body, repeatable);
        if (reply.status() != ErrorCode.NOT_OWNER.status()) {
            return reply;
        }
        String theirs = reply.header(VERSION);
        reply.close();
        if (body == null || !body.begun) {
            agree(first.claim().version(), theirs == null ? 0 : Long.parseLong(theirs));
            if (places.of(key) instanceof Place.There second) {
                reply = send(second, method, path, headers, body, repeatable);
                if (reply.status() != ErrorCode.NOT_OWNER.status()) {
                    return reply;
                }
                reply.close();
            }
        }
        throw new LandfallException(
                ErrorCode.OWNER_UNAVAILABLE, "The owner of the key's partition is not ready; try again in a moment");
    }

    private void agree(long mine, long theirs) {
        if (theirs > mine) {
            watch.await(
                    view -> {
                        var map = view.map();
                        return map != null && map.version() >= theirs;
                    },
                    AGREE);
        } else {
            watch.await(
                    view -> {
                        var map = view.map();
                        return map != null && map.version() > mine;
                    },
                    BEHIND);
        }
    }

    private PeerReply send(
            Place.There place,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable PeerBody body,
            boolean repeatable) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(VERSION, Long.toString(place.claim().version()));
        all.put(EPOCH, Integer.toString(place.claim().epoch()));
        boolean read = method.equals("GET") || method.equals("HEAD");
        Duration silence = read ? PeerClient.READ_SILENCE : PeerClient.SILENCE;
        return peers.send(place.node(), method, path, all, body, repeatable, silence);
    }

    /** A request about a bucket, to one node. Close the reply. */
    PeerReply askNode(NodeInfo node, String method, String path, Map<String, String> headers, Duration silence) {
        return peers.send(node, method, path, headers, null, true, silence);
    }

    private static String path(ObjectKey key) {
        return OBJECTS + key.bucket() + "/" + Percent.encode(key.name());
    }

    private static final class OnceBody implements PeerBody {
        private final PeerBody body;
        private boolean begun;

        OnceBody(PeerBody body) {
            this.body = body;
        }

        @Override
        public long length() {
            return body.length();
        }

        @Override
        public void writeTo(java.io.OutputStream out) throws java.io.IOException {
            begun = !body.repeatable();
            body.writeTo(out);
        }
    }
}
