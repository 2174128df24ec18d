package dev.landfall.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** An object's bytes on their way. Close it, at the end or before: its connection is held until then. */
public final class ObjectContent extends FilterInputStream {
    private final ObjectStat stat;
    private final ClassicHttpResponse response;
    private boolean complete;

    ObjectContent(ObjectStat stat, InputStream body, ClassicHttpResponse response) {
        super(body);
        this.stat = stat;
        this.response = response;
    }

    public ObjectStat stat() {
        return stat;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        complete |= value < 0;
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        complete |= count < 0;
        return count;
    }

    /** A body that was not read to its end is dropped with its connection, not read to the end first. */
    @Override
    public void close() throws IOException {
        if (complete) {
            super.close();
        }
        response.close();
    }
}
