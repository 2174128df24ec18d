package dev.landfall.dev.bench;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * The two servers that PUT and GET are compared with. No index, no checksum, no event, no errors to speak of.
 */
final class Limits implements AutoCloseable {
    private static final int BUFFER = 256 << 10;
    private static final int FIRST = 64 << 10;
    private final LimitFiles files;
    private final ThreadLocal<ByteBuffer> buffers = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER));
    private final Closeable server;
    private final int port;

    private Limits(Path root, boolean raw) throws IOException {
        files = new LimitFiles(root);
        if (raw) {
            ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0), 128);
            port = listener.socket().getLocalPort();
            server = listener;
            Thread.ofPlatform().daemon().name("limit-accept").start(() -> accept(listener));
        } else {
            Undertow undertow = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1")
                    .setIoThreads(10)
                    .setWorkerThreads(1)
                    .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                    .setHandler(this::handle)
                    .build();
            undertow.start();
            server = undertow::stop;
            port = ((InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress()).getPort();
        }
    }

    /** Blocking sockets, a platform thread for each. */
    static Limits raw(Path root) throws IOException {
        return new Limits(root, true);
    }

    /** Undertow, every body moved by the I/O thread that has its connection. */
    static Limits bareUndertow(Path root) throws IOException {
        return new Limits(root, false);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    // raw

    private void accept(ServerSocketChannel listener) {
        try (listener) {
            while (true) {
                SocketChannel socket = listener.accept().setOption(StandardSocketOptions.TCP_NODELAY, true);
                Thread.ofPlatform().daemon().name("limit-", 0).start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(SocketChannel socket) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        byte[] ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (socket) {
            byte[] head = new byte[1024];
            while (true) {
                String text = "";
                int end = -1;
                for (buffer.clear(); end < 0; end = text.indexOf("\r\n\r\n")) {
                    if (socket.read(buffer) < 0) {
                        return;
                    }
                    int n = Math.min(head.length, buffer.position());
                    buffer.get(0, head, 0, n);
                    text = new String(head, 0, n, StandardCharsets.ISO_8859_1);
                }
                String name = text.substring(4, text.indexOf(' ', 4));
                buffer.flip().position(end + 4);
                if (text.startsWith("PUT")) {
                    int at = text.indexOf("Content-Length: ") + 16;
                    receive(socket, buffer, name, Long.parseLong(text.substring(at, text.indexOf('\r', at))));
                    socket.write(buffer.clear().put(ok).flip());
                } else {
                    send(socket, buffer, name);
                }
            }
        } catch (IOException e) {
            // the client has gone
        }
    }

    private void receive(SocketChannel socket, ByteBuffer buffer, String name, long length) throws IOException {
        Path path = files.next();
        try (FileChannel file = LimitFiles.create(path)) {
            long left = length - buffer.remaining();
            for (file.write(buffer); left > 0; file.write(buffer.flip())) {
                left -= socket.read(buffer.clear().limit((int) Math.min(BUFFER, left)));
            }
        }
        files.landed(name, path);
    }

    private void send(SocketChannel socket, ByteBuffer buffer, String name) throws IOException {
        try (FileChannel file = files.open(name)) {
            long size = file.size();
            String head = "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n";
            buffer.clear().put(head.getBytes(StandardCharsets.US_ASCII));
            long at = size <= FIRST ? file.read(buffer) : 0;
            socket.write(buffer.flip());
            while (at < size) {
                at += file.transferTo(at, size - at, socket);
            }
        }
    }

    // bare Undertow

    private void handle(HttpServerExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equalToString("PUT")) {
            send(exchange);
            return;
        }
        Path path = files.next();
        FileChannel file = LimitFiles.create(path);
        StreamSourceChannel body = exchange.getRequestChannel();
        body.getReadSetter().set(source -> pull(exchange, source, file, path));
        pull(exchange, body, file, path);
    }

    private void pull(HttpServerExchange exchange, StreamSourceChannel source, FileChannel file, Path path) {
        ByteBuffer buffer = buffers.get().clear();
        try {
            for (int n; (n = source.read(buffer)) != 0; buffer.clear()) {
                if (n < 0) {
                    file.close();
                    files.landed(exchange.getRequestURI(), path);
                    exchange.endExchange();
                    return;
                }
                file.write(buffer.flip());
            }
            source.resumeReads();
        } catch (IOException e) {
            IoUtils.safeClose(file, exchange.getConnection());
        }
    }

    private void send(HttpServerExchange exchange) throws IOException {
        FileChannel file = files.open(exchange.getRequestURI());
        long[] sent = new long[1];
        exchange.setResponseContentLength(file.size());
        StreamSinkChannel reply = exchange.getResponseChannel();
        reply.getWriteSetter().set(sink -> push(exchange, sink, file, sent));
        push(exchange, reply, file, sent);
    }

    /** The head leaves with the first bytes: before that, Undertow transfers from a file's own position. */
    private void push(HttpServerExchange exchange, StreamSinkChannel sink, FileChannel file, long[] sent) {
        try {
            for (long size = file.size(), n; sent[0] < size; sent[0] += n) {
                ByteBuffer buffer = buffers.get().clear().limit(FIRST);
                n = sent[0] == 0 && file.read(buffer, 0) > 0
                        ? sink.write(buffer.flip())
                        : sink.transferFrom(file, sent[0], size - sent[0]);
                if (n == 0) {
                    sink.resumeWrites();
                    return;
                }
            }
            file.close();
            exchange.endExchange();
        } catch (IOException e) {
            IoUtils.safeClose(file, exchange.getConnection());
        }
    }
}
