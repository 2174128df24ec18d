package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.DeleteRequest;
import java.util.Map;

/** {@code DELETE /api/v1/objects/{bucket}/{name...}}: 204, whether there was an object or not. */
public record DeleteObject(Objects objects, boolean peerDoor) implements RouteTable.Endpoint {
    @Override
    public void handle(HttpCall call) {
        ObjectKey key = Objects.key(call);
        DeleteRequest request = ObjectHeaders.delete(call, peerDoor);
        switch (objects.place(call, key, peerDoor)) {
            case Places.Place.Here here -> deleteHere(key, request);
            case Places.Place.There there -> {
                if (Objects.redirected(call, there)) {
                    return;
                }
                deleteThere(call, key, there, request);
            }
        }
        call.replyHead(204, -1, Map.of());
    }

    /** Deletes here or at the owner; whatever the reply is. */
    public void delete(HttpCall call, ObjectKey key, DeleteRequest request) {
        switch (objects.place(call, key, peerDoor)) {
            case Places.Place.Here here -> deleteHere(key, request);
            case Places.Place.There there -> deleteThere(call, key, there, request);
        }
    }

    private void deleteHere(ObjectKey key, DeleteRequest request) {
        objects.refuseWhenOutboxIsFull();
        objects.local().delete(key, request);
    }

    private void deleteThere(HttpCall call, ObjectKey key, Places.Place.There there, DeleteRequest request) {
        Map<String, String> headers = ObjectHeaders.toPeer(request);
        headers.put("X-Request-Id", call.requestId());
        boolean repeatable = request.condition() instanceof Condition.Always;
        try (PeerReply reply = objects.remote().ask(key, there, "DELETE", headers, repeatable)) {
            if (!reply.ok()) {
                call.reported();
                throw reply.error();
            }
        }
    }
}
