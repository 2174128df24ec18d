package dev.landfall.ingest.http;

import dev.landfall.model.TimeSource;
import dev.landfall.targets.BodyReader;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/** Sends the reply of one exchange from the worker that serves it, and gives up on a client that takes nothing for too long. */
final class Reply {
    /** What is taken of an unwanted body so that the client gets to read the reply. */
    private static final long DISCARD_BYTES = 8 << 20;

    private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int FIRST_BYTES = 64 << 10;

    private final HttpServerExchange exchange;
    private final RequestBody request;
    private final BodyBuffers buffers;
    private final Limits limits;
    private final TimeSource time;
    private @Nullable StreamSinkChannel sink;

    Reply(HttpServerExchange exchange, RequestBody request, BodyBuffers buffers, Limits limits, TimeSource time) {
        this.exchange = exchange;
        this.request = request;
        this.buffers = buffers;
        this.limits = limits;
        this.time = time;
    }

    boolean started() {
        return sink != null;
    }

    /** @param length of the body that follows, or of the one that a HEAD or 304 does without; -1 for neither */
    void head(int status, long length) {
        exchange.setStatusCode(status);
        if (length >= 0) {
            exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, Long.toString(length));
        }
        if (!exchange.isRequestComplete()) {
            exchange.setPersistent(false);
            exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
        }
        sink = exchange.getResponseChannel();
    }

    void header(String name, String value) {
        exchange.getResponseHeaders().put(HttpString.tryFromString(name), value);
    }

    void bytes(ByteBuffer body) throws IOException {
        StreamSinkChannel out = out();
        while (body.hasRemaining()) {
            untilSome(out, () -> out.write(body));
        }
    }

    /**
     * From file to socket: the beginning in one packet with the head, the rest in the kernel. The head must have left before the first
     * transfer: with the head still unsent, Undertow reads from the channel's own position and not from the one it is given.
     */
    void file(FileChannel file, long position, long count) throws IOException {
        long sent = begin(file, position, Math.min(count, FIRST_BYTES));
        rest(file, position + sent, count - sent);
    }

    /** Likewise, once the head has left. */
    void rest(FileChannel file, long position, long count) throws IOException {
        StreamSinkChannel out = out();
        for (long sent = 0; sent < count; ) {
            long from = position + sent;
            long left = count - sent;
            sent += untilSome(out, () -> out.transferFrom(file, from, left));
        }
    }

    private long begin(FileChannel file, long position, long count) throws IOException {
        ByteBuffer buffer = buffers.take().limit((int) count);
        try {
            while (buffer.hasRemaining()) {
                read(file, buffer, position + buffer.position());
            }
            bytes(buffer.flip());
            return count;
        } finally {
            buffers.put(buffer);
        }
    }

    private static void read(FileChannel file, ByteBuffer buffer, long position) {
        try {
            if (file.read(buffer, position) < 0) {
                throw new EOFException("The data file is shorter than its record says");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // our side's fault, not the client's
        }
    }

    /** Exactly {@code count} bytes of a stream. */
    void stream(InputStream body, long count) throws IOException {
        byte[] chunk = new byte[64 << 10];
        for (long left = count; left > 0; ) {
            int n = read(body, chunk, (int) Math.min(chunk.length, left));
            bytes(ByteBuffer.wrap(chunk, 0, n));
            left -= n;
        }
    }

    private static int read(InputStream body, byte[] chunk, int max) {
        try {
            int n = body.read(chunk, 0, max);
            if (n < 0) {
                throw new EOFException("The object ended early");
            }
            return n;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // our side's fault, not the client's
        }
    }

    private interface Attempt {
        long run() throws IOException;
    }

    private long untilSome(StreamSinkChannel out, Attempt attempt) throws IOException {
        long since = time.nanos();
        long n = attempt.run();
        while (n == 0) {
            awaitWritable(out, since);
            n = attempt.run();
        }
        return n;
    }

    private void awaitWritable(StreamSinkChannel out, long since) throws IOException {
        long left = limits.idle().toNanos() - (time.nanos() - since);
        if (left <= 0) {
            throw new IOException("The client takes nothing");
        }
        out.awaitWritable(left, TimeUnit.NANOSECONDS);
    }

    /** After the last byte. The connection goes on only if the request was read to its end. */
    void end() throws IOException {
        StreamSinkChannel out = out();
        out.shutdownWrites();
        long since = time.nanos();
        while (!out.flush()) {
            awaitWritable(out, since);
        }
        if (!exchange.isRequestComplete()) {
            if (request.wasAsked()) {
                ByteBuffer scratch = buffers.take();
                try {
                    request.discard(scratch, DISCARD_BYTES, DISCARD_NANOS);
                } finally {
                    buffers.put(scratch);
                }
            }
            abort();
            return;
        }
        exchange.endExchange();
    }

    /** Ends the connection in the middle: what cannot be said in a reply any more. */
    void abort() {
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    // on the connection's I/O thread

    /** @param body closed at the end */
    void quickFile(BodyReader body, long first, long count, Promptness disk, Runnable ended) {
        new FileSending(exchange, this, body, first, count, disk, limits.idle(), ended).start(out());
    }

    /** Without a body. */
    void quickEnd(Runnable ended) {
        exchange.endExchange();
        ended.run();
    }

    /** How long a client may take or send nothing. */
    Duration idle() {
        return limits.idle();
    }

    private StreamSinkChannel out() {
        StreamSinkChannel out = sink;
        if (out == null) {
            throw new IllegalStateException("The head comes first");
        }
        return out;
    }
}
