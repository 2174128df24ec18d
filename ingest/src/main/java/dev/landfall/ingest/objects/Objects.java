package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.TieredStore;

/**
 * What every operation on objects needs.
 *
 * @param disks what I/O threads may go to
 * @param outboxLimit events that may wait for Kafka; above it changes are refused
 */
public record Objects(
        TieredStore local, ObjectStore store, Places places, Remote remote, Disks disks, long outboxLimit) {

    /** The key of the call's route; it becomes the subject of its errors. */
    static ObjectKey key(HttpCall call) {
        String bucket = call.path("bucket");
        String name = call.path("name");
        call.subject(bucket + "/" + name);
        return ObjectKey.of(bucket, name);
    }

    /**
     * Where to serve a call of this door. On the peer door only here: the claim of the caller is checked, and nothing goes a second hop.
     *
     * @throws LandfallException {@code NO_SUCH_BUCKET}, {@code NOT_OWNER}
     */
    Places.Place place(HttpCall call, ObjectKey key, boolean peerDoor) {
        if (!peerDoor) {
            places.view().bucket(key.bucket());
            return places.of(key);
        }
        ClusterMap map = places.view().map();
        call.replyHeader(Remote.VERSION, Long.toString(map == null ? 0 : map.version()));
        String epoch = call.header(Remote.EPOCH);
        if (epoch == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "A node says the epoch it knows in " + Remote.EPOCH);
        }
        places.requireHere(key, Integer.parseInt(epoch));
        return new Places.Place.Here();
    }

    /** Whether the key is this node's, as {@link #place} would say; false also when it would throw. */
    boolean isHere(HttpCall call, ObjectKey key, boolean peerDoor) {
        return peerDoor ? place(call, key, true) instanceof Places.Place.Here : places.isHere(key);
    }

    /** Answers 307 when the client asked for it. */
    static boolean redirected(HttpCall call, Places.Place.There there) {
        if (!"allow".equals(call.header("Landfall-Redirect"))
                || there.node().http().isEmpty()) {
            return false;
        }
        call.replyHead(307, 0, java.util.Map.of("Location", there.node().http() + call.target()));
        return true;
    }

    public void refuseWhenOutboxIsFull() {
        if (store.outboxDepth() >= outboxLimit) {
            throw LandfallException.of(ErrorCode.OUTBOX_FULL);
        }
    }
}
