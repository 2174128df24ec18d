package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.BodyBuffers;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The call's body on its way on: its last byte leaves only when the whole body has turned out to be right. */
record CallBody(HttpCall call, long length) implements PeerBody {
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

    /** The body of the call; a small one is read at once, so that it can be repeated. */
    static PeerBody of(HttpCall call, long length) {
        if (length < 0 || length > PeerBody.SMALL) {
            return new CallBody(call, length);
        }
        byte[] body = call.body(PeerBody.SMALL);
        if (body.length != length) {
            throw LandfallException.of(ErrorCode.INCOMPLETE_BODY);
        }
        return PeerBody.of(body);
    }
}
