package dev.landfall.ingest.peer;

import java.io.IOException;
import java.io.OutputStream;

/** A body on its way to another node. It is asked for only when that node is ready to read it. */
public interface PeerBody {
    /** In bytes; -1 when unknown. */
    long length();

    /**
     * Writes all of it. Called at most once, unless it is {@link #repeatable}.
     *
     * @throws IOException of the stream written to; failures of its own source are unchecked
     */
    void writeTo(OutputStream out) throws IOException;

    /**
     * Whether it can be written again from its start. A body of up to {@link #SMALL} bytes should be: the HTTP client writes such a one
     * even after a refusal, to keep the connection.
     */
    default boolean repeatable() {
        return false;
    }

    int SMALL = 1024;

    static PeerBody of(byte[] bytes) {
        return new PeerBody() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }

            @Override
            public boolean repeatable() {
                return true;
            }
        };
    }
}
