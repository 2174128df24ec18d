package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * The body of a request, read by the worker that serves it, or by the I/O thread of its connection. Asks for it ({@code 100 Continue}) at the first read, not before. A client
 * that sends nothing, or next to nothing, for too long is given up.
 */
public final class RequestBody implements Body {
    private final HttpServerExchange exchange;
    private final Limits limits;
    private final TimeSource time;
    private final long started;
    private @Nullable StreamSourceChannel channel;
    private boolean asked;
    private boolean waits = true;
    private long taken;

    RequestBody(HttpServerExchange exchange, Limits limits, TimeSource time) {
        this.exchange = exchange;
        this.limits = limits;
        this.time = time;
        this.started = time.nanos();
    }

    /** As declared; -1 for a chunked body. 0 when there is none. */
    @Override
    public long length() {
        return exchange.isRequestComplete() && !asked ? 0 : exchange.getRequestContentLength();
    }

    /** Whether the client was told to send, or needed no telling. */
    boolean wasAsked() {
        return asked || !HttpContinue.requiresContinueResponse(exchange);
    }

    /**
     * Reads some bytes; -1 at the end.
     *
     * @throws LandfallException {@code REQUEST_TIMEOUT}, {@code INCOMPLETE_BODY} when the client is gone, {@code ENTITY_TOO_LARGE}
     */
    @Override
    public int read(ByteBuffer into) {
        try {
            StreamSourceChannel source = open();
            if (source == null) {
                return -1;
            }
            int n = source.read(into);
            for (long waited = time.nanos(); n == 0 && waits; n = source.read(into)) {
                long left = limits.idle().toNanos() - (time.nanos() - waited);
                if (left <= 0) {
                    throw tooSlow();
                }
                source.awaitReadable(left, TimeUnit.NANOSECONDS);
            }
            if (n > 0) {
                count(n);
            }
            return n;
        } catch (IOException e) {
            throw new LandfallException(
                    ErrorCode.INCOMPLETE_BODY, "The connection ended before the whole body had arrived", e);
        }
    }

    /** The client was told to send, or needs no telling; {@link #read} returns 0 when nothing has come. */
    StreamSourceChannel onIoThread() {
        asked = true;
        waits = false;
        StreamSourceChannel source = exchange.getRequestChannel();
        if (source == null) {
            throw new IllegalStateException("The request has no body");
        }
        channel = source;
        return source;
    }

    /** {@link #read} waits again. */
    void onWorker() {
        waits = true;
    }

    @Override
    public boolean comesInPieces() {
        return true;
    }

    private void count(int n) {
        taken += n;
        if (taken > limits.maxBodyBytes()) {
            throw new LandfallException(
                    ErrorCode.ENTITY_TOO_LARGE,
                    "The body is larger than " + limits.maxBodyBytes() + " bytes, which is the limit here");
        }
        long elapsed = time.nanos() - started;
        if (elapsed > limits.idle().toNanos() && taken < limits.minBytesPerSecond() * (elapsed / 1_000_000_000L)) {
            throw tooSlow();
        }
    }

    private @Nullable StreamSourceChannel open() throws IOException {
        if (!asked) {
            asked = true;
            if (HttpContinue.requiresContinueResponse(exchange)) {
                HttpContinue.sendContinueResponseBlocking(exchange);
            }
            channel = exchange.getRequestChannel();
        }
        return channel;
    }

    @Override
    public @Nullable String trailer(String name) {
        HeaderMap trailers = exchange.getAttachment(HttpAttachments.REQUEST_TRAILERS);
        return trailers == null ? null : trailers.getFirst(name);
    }

    static LandfallException tooSlow() {
        return new LandfallException(
                ErrorCode.REQUEST_TIMEOUT, "The body did not arrive in time; send the request again");
    }

    /**
     * After a reply to a request whose body nobody wanted: takes a little of it, so that the client reads the reply instead of a reset
     * connection.
     */
    void discard(ByteBuffer scratch, long maxBytes, long maxNanos) {
        long end = time.nanos() + maxNanos;
        try {
            StreamSourceChannel source = channel == null ? exchange.getRequestChannel() : channel;
            for (long total = 0, n = 0;
                    source != null && n >= 0 && total < maxBytes && time.nanos() < end;
                    total += n) {
                n = source.read(scratch.clear());
                if (n == 0) {
                    source.awaitReadable(Math.max(1, end - time.nanos()), TimeUnit.NANOSECONDS);
                }
            }
        } catch (IOException e) {
            // the client is gone, which is as good
        }
    }
}
