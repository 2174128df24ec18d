package dev.landfall.ingest.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PeerBody} as the HTTP client wants it. The client ends a chunked body in good order even when only a part of it was written; so
 * a body that breaks off at its source ends the connection first, and only a whole one is followed by {@link PeerClient#COMPLETE}.
 */
final class PeerEntity extends AbstractHttpEntity {
    private final PeerBody body;
    private boolean started;
    private boolean complete;
    private @Nullable Cancellable request;

    PeerEntity(PeerBody body) {
        super((String) null, null, body.length() < 0);
        this.body = body;
    }

    /** The request that carries the body now. */
    void carriedBy(Cancellable carrier) {
        request = carrier;
    }

    /** Whether some of it may have been read from its source. */
    boolean started() {
        return started;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        started = true;
        complete = false;
        try {
            body.writeTo(out);
            complete = true;
        } catch (RuntimeException | Error e) {
            if (request != null) {
                request.cancel();
            }
            throw e;
        }
    }

    @Override
    public Supplier<List<? extends Header>> getTrailers() {
        return () -> complete ? List.of(new BasicHeader(PeerClient.COMPLETE, "1")) : List.of();
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
