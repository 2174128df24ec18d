package dev.landfall.client;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * A body that arrives as a whole or not at all. The HTTP client ends a chunked body in good order even when writing it failed, and the
 * server could not tell a part from the whole; so the connection ends first.
 */
final class WholeEntity extends HttpEntityWrapper {
    private final Cancellable request;

    WholeEntity(HttpEntity body, Cancellable request) {
        super(body);
        this.request = request;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try {
            super.writeTo(out);
        } catch (IOException | RuntimeException | Error e) {
            request.cancel();
            throw e;
        }
    }
}
