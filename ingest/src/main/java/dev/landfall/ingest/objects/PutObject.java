package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.RecordCodec;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import dev.landfall.writeback.PutSession;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;

/** {@code PUT /api/v1/objects/{bucket}/{name...}}, here or at the owner. */
public record PutObject(Objects objects, boolean peerDoor, long maxBodyBytes) implements RouteTable.Endpoint {
    @Override
    public void handle(HttpCall call) {
        ObjectKey key = Objects.key(call);
        PutRequest request = ObjectHeaders.put(call, peerDoor, ObjectHeaders.META);
        if (!peerDoor) {
            call.body(Digests.verifying(call.body(), call.headers()));
        }
        Places.Place place = objects.place(call, key, peerDoor);
        if (place instanceof Places.Place.There there && Objects.redirected(call, there)) {
            return;
        }
        reply(call, put(call, key, request, place));
    }

    /** Puts the call's body, here or at the owner; whatever the reply is. */
    public PutOutcome put(HttpCall call, ObjectKey key, PutRequest request) {
        return put(call, key, request, objects.place(call, key, peerDoor));
    }

    private PutOutcome put(HttpCall call, ObjectKey key, PutRequest request, Places.Place place) {
        if (request.length() > maxBodyBytes) {
            throw new LandfallException(
                    ErrorCode.ENTITY_TOO_LARGE,
                    "The body is larger than " + maxBodyBytes + " bytes, which is the limit here");
        }
        return switch (place) {
            case Places.Place.Here here -> putHere(call, key, request);
            case Places.Place.There there -> putThere(call, key, there, request);
        };
    }

    private PutOutcome putHere(HttpCall call, ObjectKey key, PutRequest request) {
        objects.refuseWhenOutboxIsFull();
        ObjectData source = call.body() instanceof ReadObject.Opened opened ? opened.here() : null;
        if (source != null) {
            return objects.local().copy(source, key, request); // inside the kernel
        }
        try (PutSession session = objects.local().put(key, request)) {
            ByteBuffer buffer = call.buffers().take();
            try {
                while (call.body().read(buffer) >= 0) {
                    session.write(buffer.flip());
                    buffer.clear();
                }
            } finally {
                call.buffers().put(buffer);
            }
            if (peerDoor && request.length() < 0 && call.body().trailer(PeerClient.COMPLETE) == null) {
                throw new LandfallException(
                        ErrorCode.INCOMPLETE_BODY, "The other node broke off before the whole body had arrived");
            }
            return session.commit();
        }
    }

    private PutOutcome putThere(HttpCall call, ObjectKey key, Places.Place.There there, PutRequest request) {
        Map<String, String> headers = ObjectHeaders.toPeer(request);
        headers.put("X-Request-Id", call.requestId());
        try {
            return objects.remote().put(key, there, headers, CallBody.of(call, request.length()));
        } catch (LandfallException e) {
            call.reported();
            throw e;
        }
    }

    private void reply(HttpCall call, PutOutcome outcome) {
        Map<String, String> headers = ObjectHeaders.ofChange(outcome.record());
        if (!peerDoor) {
            call.replyHead(200, 0, headers);
            return;
        }
        headers.put(Remote.OUTCOME, outcome.kind().name().toLowerCase(Locale.ROOT));
        call.reply(200, "application/octet-stream", RecordCodec.encode(outcome.record()), headers);
    }
}
