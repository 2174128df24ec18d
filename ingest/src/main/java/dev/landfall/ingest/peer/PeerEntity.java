package dev.landfall.ingest.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.jspecify.annotations.Nullable;

/** A {@link PeerBody} as the HTTP client wants it. */
final class PeerEntity extends AbstractHttpEntity {
    private final PeerBody body;
    private boolean started;

    PeerEntity(PeerBody body) {
        super((String) null, null, body.length() < 0);
        this.body = body;
    }

    /** Whether some of it may have been read from its source. */
    boolean started() {
        return started;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        started = true;
        body.writeTo(out);
    }

    @Override
    public long getContentLength() {
        return body.length();
    }

    @Override
    public @Nullable InputStream getContent() {
        throw new UnsupportedOperationException("The body is written, not read");
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public void close() {}
}
