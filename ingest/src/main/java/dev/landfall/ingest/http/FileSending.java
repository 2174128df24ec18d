package dev.landfall.ingest.http;

import dev.landfall.targets.BodyReader;
import io.undertow.server.HttpServerExchange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends one file as the body of a reply on the I/O thread of its connection: as much as the socket takes, and the rest when it takes more.
 * A worker goes on when the disk does not answer promptly. One thread at a time is here. A client that takes nothing for too long is given
 * up.
 */
final class FileSending implements ChannelListener<StreamSinkChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(FileSending.class);
    private static final int FIRST_BYTES = 64 << 10;
    /** Of each I/O thread. */
    private static final ThreadLocal<ByteBuffer> BUFFERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(FIRST_BYTES));

    private final HttpServerExchange exchange;
    private final Reply reply;
    private final BodyReader body;
    private final long first;
    private final long count;
    private final Promptness disk;
    private final Duration idle;
    private final Runnable ended;
    private long sent;
    private boolean progress;
    private boolean done;
    private XnioExecutor.@Nullable Key timer;

    /**
     * @param body closed at the end
     * @param ended called once, after the last byte or the failure
     */
    FileSending(
            HttpServerExchange exchange,
            Reply reply,
            BodyReader body,
            long first,
            long count,
            Promptness disk,
            Duration idle,
            Runnable ended) {
        this.exchange = exchange;
        this.reply = reply;
        this.disk = disk;
        this.body = body;
        this.first = first;
        this.count = count;
        this.idle = idle;
        this.ended = ended;
    }

    /** The head has been prepared, and the thread has entered the disk. */
    void start(StreamSinkChannel sink) {
        sink.getWriteSetter().set(this);
        send(sink);
    }

    @Override
    public void handleEvent(StreamSinkChannel sink) {
        if (done) {
            return;
        }
        int place = disk.enter();
        if (place < 0) {
            goOnWithWorker(sink);
            return;
        }
        try {
            send(sink);
        } finally {
            disk.leave(place);
        }
    }

    private void send(StreamSinkChannel sink) {
        try {
            body.transferTo(first + sent, count - sent, (file, position, length) -> push(sink, file, position, length));
            if (sent == count) {
                end();
                exchange.endExchange();
            } else {
                watch();
                sink.resumeWrites();
            }
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void goOnWithWorker(StreamSinkChannel sink) {
        done = true;
        if (timer != null) {
            timer.remove();
        }
        sink.suspendWrites();
        sink.getWriteSetter().set(null);
        try {
            exchange.getConnection().getWorker().execute(this::sendRest);
        } catch (RejectedExecutionException e) {
            done = false; // the door is being closed
            fail(e);
        }
    }

    private void sendRest() {
        try {
            if (sent == 0) {
                body.transferTo(first, count, reply::file);
            } else {
                body.transferTo(first + sent, count - sent, reply::rest);
            }
            end();
            reply.end();
        } catch (IOException | RuntimeException e) {
            done = false;
            fail(e);
        }
    }

    private void push(StreamSinkChannel sink, FileChannel file, long position, long length) throws IOException {
        long from = sent;
        while (sent < count) {
            long done = sent - from;
            long n = sent == 0 ? begin(sink, file, position) : sink.transferFrom(file, position + done, length - done);
            if (n == 0) {
                return;
            }
            sent += n;
            progress = true;
        }
    }

    /** The first bytes leave with the head; before that, Undertow would transfer from the file's own position. */
    private long begin(StreamSinkChannel sink, FileChannel file, long position) throws IOException {
        ByteBuffer buffer = BUFFERS.get().clear().limit((int) Math.min(FIRST_BYTES, count));
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("The data file is shorter than its record says");
            }
        }
        return sink.write(buffer.flip());
    }

    private void watch() {
        if (timer == null) {
            progress = false;
            timer = exchange.getIoThread().executeAfter(this::look, idle.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        timer = null;
        if (done) {
            return;
        }
        if (progress) {
            watch();
        } else {
            fail(new IOException("The client takes nothing"));
        }
    }

    private void fail(Exception e) {
        if (done) {
            return;
        }
        if (e instanceof IOException && !(e instanceof EOFException)) {
            LOG.debug("{}: the reply was cut short: {}", exchange.getRequestURI(), e.getMessage());
        } else {
            LOG.error("The reply to {} was cut short", exchange.getRequestURI(), e);
        }
        end();
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    private void end() {
        done = true;
        if (timer != null) {
            timer.remove();
        }
        try {
            body.close();
        } finally {
            ended.run();
        }
    }
}
