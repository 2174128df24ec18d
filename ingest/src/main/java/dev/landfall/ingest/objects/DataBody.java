package dev.landfall.ingest.objects;

import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.BodyReader;
import dev.landfall.writeback.ObjectData;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The content of an object of this node, on its way to another. */
record DataBody(ObjectData source) implements PeerBody {
    private static final int CHUNK = 64 << 10;

    @Override
    public long length() {
        return source.info().size();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        switch (source) {
            case ObjectData.Local local -> send(local.reader(), out);
            case ObjectData.Cold cold -> send(cold.body(), out);
        }
    }

    private void send(BodyReader reader, OutputStream out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        for (long position = 0; position < length(); position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(CHUNK, length() - position));
            try {
                reader.transferTo(position, buffer.limit(), (file, from, count) -> {
                    int end = buffer.position() + (int) count;
                    for (long at = from; buffer.position() < end; ) {
                        int read = file.read(buffer.duplicate().limit(end), at);
                        if (read < 0) {
                            throw new EOFException("A data file is shorter than its record says");
                        }
                        at += read;
                        buffer.position(buffer.position() + read);
                    }
                });
            } catch (IOException e) {
                throw unreadable(e);
            }
            out.write(buffer.array(), 0, buffer.limit());
        }
    }

    private void send(InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int n; (n = read(in, chunk)) >= 0; ) {
            out.write(chunk, 0, n);
        }
    }

    private int read(InputStream in, byte[] chunk) {
        try {
            return in.read(chunk);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Not an IOException: that would be the other node's. */
    private LandfallException unreadable(IOException e) {
        return new LandfallException(
                ErrorCode.INTERNAL_ERROR,
                "The source " + source.info().key() + " cannot be read: " + e.getMessage(),
                e);
    }

    @Override
    public boolean repeatable() {
        return source instanceof ObjectData.Local;
    }
}
