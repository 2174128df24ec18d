package dev.landfall.ingest.peer;

import java.io.IOException;
import java.io.OutputStream;

/** A body on its way to another node. It is asked for only when that node is ready to read it. */
public interface PeerBody {
    /** In bytes; -1 when unknown. */
    long length();

    /**
     * Writes all of it. Called at most once.
     *
     * @throws IOException of the stream written to; failures of its own source are unchecked
     */
    void writeTo(OutputStream out) throws IOException;
}
