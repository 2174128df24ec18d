package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Promptness;
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
import java.util.function.Consumer;

/** {@code PUT /api/v1/objects/{bucket}/{name...}}, here or at the owner. */
public record PutObject(Objects objects, boolean peerDoor, long maxBodyBytes) implements RouteTable.QuickEndpoint {
    @Override
    public boolean quick(HttpCall call) {
        if (peerDoor || !call.body().comesInPieces()) {
            return false;
        }
        ObjectKey key = Objects.key(call);
        PutRequest request = ObjectHeaders.put(call, false, ObjectHeaders.META);
        call.body(Digests.verifying(call.body(), call.headers()));
        return quick(call, key, request, outcome -> reply(call, outcome));
    }

    /**
     * Begins to take the call's body on its I/O thread, if the object belongs here; false, with nothing done, when that would have to wait.
     *
     * @param reply sends the reply, on the I/O thread
     */
    public boolean quick(HttpCall call, ObjectKey key, PutRequest request, Consumer<PutOutcome> reply) {
        if (peerDoor
                || request.length() == 0
                || request.length() > maxBodyBytes
                || !(objects.place(call, key, false) instanceof Places.Place.Here)
                || !objects.local().takesAtOnce(key)) {
            return false;
        }
        objects.refuseWhenOutboxIsFull();
        Promptness disk = objects.disks().of(key);
        int place = disk.enter();
        if (place < 0) {
            return false;
        }
        try {
            PutSession session = objects.local().put(key, request);
            boolean begun = false;
            try {
                call.disk(disk);
                call.receive(new PutIntake(session, reply));
                begun = true;
            } finally {
                if (!begun) {
                    session.close();
                }
            }
            return true;
        } finally {
            disk.leave(place);
        }
    }

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
