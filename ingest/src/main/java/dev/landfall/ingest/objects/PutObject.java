package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.BodyBuffers;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.RecordCodec;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import dev.landfall.writeback.PutSession;
import java.io.IOException;
import java.io.OutputStream;
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
        boolean small = request.length() >= 0 && request.length() <= PeerBody.SMALL;
        PeerBody body = small ? PeerBody.of(whole(call, request.length())) : new CallBody(call, request.length());
        try {
            return objects.remote().put(key, there, headers, body);
        } catch (LandfallException e) {
            call.reported();
            throw e;
        }
    }

    private static byte[] whole(HttpCall call, long length) {
        byte[] body = call.body(PeerBody.SMALL);
        if (body.length != length) {
            throw LandfallException.of(ErrorCode.INCOMPLETE_BODY);
        }
        return body;
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

    /** The call's body on its way on: its last byte leaves only when the whole body has turned out to be right. */
    private record CallBody(HttpCall call, long length) implements PeerBody {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            BodyBuffers buffers = call.buffers();
            ByteBuffer buffer = buffers.take();
            byte[] chunk = new byte[64 << 10];
            int held = -1;
            try {
                while (call.body().read(buffer) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        if (held >= 0) {
                            out.write(held);
                        }
                        int n = Math.min(chunk.length, buffer.remaining() - 1);
                        buffer.get(chunk, 0, n);
                        out.write(chunk, 0, n);
                        held = buffer.get() & 0xff;
                    }
                    buffer.clear();
                }
                if (held >= 0) {
                    out.write(held);
                }
            } finally {
                buffers.put(buffer);
            }
        }
    }
}
