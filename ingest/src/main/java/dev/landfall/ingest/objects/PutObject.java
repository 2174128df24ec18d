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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code PUT /api/v1/objects/{bucket}/{name...}}, here or at the owner. */
public record PutObject(Objects objects, boolean peerDoor, long maxBodyBytes) implements RouteTable.Endpoint {
    @Override
    public void handle(HttpCall call) {
        ObjectKey key = Objects.key(call);
        PutRequest request = ObjectHeaders.put(call, peerDoor);
        byte[] md5 = md5(call.header("Content-MD5"));
        if (request.length() > maxBodyBytes) {
            throw new LandfallException(
                    ErrorCode.ENTITY_TOO_LARGE,
                    "The body is larger than " + maxBodyBytes + " bytes, which is the limit here");
        }
        switch (objects.place(call, key, peerDoor)) {
            case Places.Place.Here here -> reply(call, putHere(call, key, request, md5));
            case Places.Place.There there -> {
                if (!Objects.redirected(call, there)) {
                    reply(call, putThere(call, key, there, request));
                }
            }
        }
    }

    private PutOutcome putHere(HttpCall call, ObjectKey key, PutRequest request, byte @Nullable [] md5) {
        objects.refuseWhenOutboxIsFull();
        try (PutSession session = objects.local().put(key, request)) {
            MessageDigest digest = md5 == null ? null : newMd5();
            ByteBuffer buffer = call.buffers().take();
            try {
                while (call.body().read(buffer) >= 0) {
                    buffer.flip();
                    if (digest != null) {
                        digest.update(buffer.duplicate());
                    }
                    session.write(buffer);
                    buffer.clear();
                }
            } finally {
                call.buffers().put(buffer);
            }
            if (peerDoor && request.length() < 0 && call.body().trailer(PeerClient.COMPLETE) == null) {
                throw new LandfallException(
                        ErrorCode.INCOMPLETE_BODY, "The other node broke off before the whole body had arrived");
            }
            if (digest != null && !MessageDigest.isEqual(digest.digest(), md5)) {
                throw LandfallException.of(ErrorCode.BAD_DIGEST);
            }
            return session.commit();
        }
    }

    private PutOutcome putThere(HttpCall call, ObjectKey key, Places.Place.There there, PutRequest request) {
        Map<String, String> headers = ObjectHeaders.toPeer(request);
        headers.put("X-Request-Id", call.requestId());
        String md5 = call.header("Content-MD5");
        if (md5 != null) {
            headers.put("Content-MD5", md5);
        }
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

    private static byte @Nullable [] md5(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            byte[] md5 = Base64.getDecoder().decode(header.strip());
            if (md5.length == 16) {
                return md5;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "Content-MD5 is the base64 form of 16 bytes");
    }

    private static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The call's body on its way on. */
    private record CallBody(HttpCall call, long length) implements PeerBody {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            BodyBuffers buffers = call.buffers();
            ByteBuffer buffer = buffers.take();
            byte[] chunk = new byte[64 << 10];
            try {
                while (call.body().read(buffer) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        int n = Math.min(chunk.length, buffer.remaining());
                        buffer.get(chunk, 0, n);
                        out.write(chunk, 0, n);
                    }
                    buffer.clear();
                }
            } finally {
                buffers.put(buffer);
            }
        }
    }
}
