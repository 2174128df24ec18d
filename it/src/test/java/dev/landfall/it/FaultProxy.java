package dev.landfall.it;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on 127.0.0.1 that counts bytes and can behave badly. {@link #set} changes its behaviour for whatever moves next, on new
 * connections and on open ones, and breaks none by itself: idle connections of a client's pool stay usable.
 */
final class FaultProxy implements AutoCloseable {
    /** What happens to what comes next. */
    sealed interface Fault {}

    record None() implements Fault {}

    /** Every chunk in either direction comes later. */
    record Delay(Duration each) implements Fault {}

    /** The connection is reset after so many bytes towards the server. */
    record CutAfter(long bytes) implements Fault {}

    /** Connections are accepted, and nothing moves. */
    record Stall() implements Fault {}

    /** Connections are reset at once. */
    record Reset() implements Fault {}

    /**
     * HTTP requests are answered here, with this status and S3 error code; the server never sees them.
     *
     * @param method only requests with this one; "" for every one
     */
    record Answer(int status, String code, String method) implements Fault {
        Answer(int status, String code) {
            this(status, code, "");
        }
    }

    /** Requests reach the server; the connection is reset when the reply comes. */
    record LoseReply() implements Fault {}

    static final Fault NONE = new None();

    private static final int CHUNK = 64 << 10;

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong toServer = new AtomicLong();
    private final AtomicLong toClient = new AtomicLong();
    private volatile Fault fault = NONE;

    private FaultProxy(ServerSocket listener, InetSocketAddress server) {
        this.listener = listener;
        this.server = server;
    }

    static FaultProxy to(URI server) {
        return to(0, server);
    }

    /** @param port 0 for a free one */
    static FaultProxy to(int port, URI server) {
        try {
            InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
            ServerSocket listener = new ServerSocket(port, 256, loopback);
            FaultProxy proxy = new FaultProxy(listener, new InetSocketAddress(loopback, server.getPort()));
            Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    void set(Fault next) {
        fault = next;
    }

    /** Bytes from clients to the server so far. */
    long bytesToServer() {
        return toServer.get();
    }

    long bytesToClient() {
        return toClient.get();
    }

    int openConnections() {
        return open.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                client.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try {
            switch (fault) {
                case Reset() -> reset(client);
                case Answer answer when answer.method().isEmpty() -> answer(client, client.getInputStream(), answer);
                case Answer _, None _, Delay _, CutAfter _, Stall _, LoseReply _ -> connect(client);
            }
        } catch (IOException e) {
            reset(client);
        } finally {
            open.remove(client);
        }
    }

    private void connect(Socket client) throws IOException {
        try (Socket upstream = new Socket()) {
            upstream.connect(server);
            upstream.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> pump(upstream, client, toClient, false));
            pump(client, upstream, toServer, true);
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Moves bytes until the end of the stream, and then closes only that direction: half-closed connections stay so. */
    private void pump(Socket from, Socket to, AtomicLong count, boolean towardsServer) {
        long moved = 0;
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                switch (fault) {
                    case Delay(Duration each) -> LockSupport.parkNanos(each.toNanos());
                    case CutAfter(long bytes) -> {
                        if (towardsServer && moved + n > bytes) {
                            out.write(chunk, 0, (int) Math.max(0, bytes - moved));
                            reset(from);
                            reset(to);
                            return;
                        }
                    }
                    case LoseReply()
                    when !towardsServer -> {
                        reset(from);
                        reset(to);
                        return;
                    }
                    case Stall() -> awaitEnd(from);
                    case Reset() -> {
                        reset(from);
                        reset(to);
                        return;
                    }
                    case Answer answer -> {
                        // A chunk that comes on an open connection begins a request: clients here do not pipeline.
                        if (towardsServer && startsWith(chunk, n, answer.method())) {
                            InputStream request = new SequenceInputStream(new ByteArrayInputStream(chunk, 0, n), in);
                            answer(from, request, answer);
                            reset(to);
                            return;
                        }
                    }
                    case None _, LoseReply _ -> {}
                }
                out.write(chunk, 0, n);
                moved += n;
                count.addAndGet(n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    private static boolean startsWith(byte[] chunk, int length, String start) {
        return new String(chunk, 0, Math.min(length, start.length()), StandardCharsets.US_ASCII).equals(start);
    }

    private void awaitEnd(Socket socket) throws IOException {
        while (fault instanceof Stall && !socket.isClosed()) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        throw new IOException("Stalled until the end");
    }

    private static void answer(Socket client, InputStream in, Answer answer) throws IOException {
        String head = readHead(in);
        if (head.isEmpty()) {
            client.close();
            return;
        }
        if (!head.toLowerCase(java.util.Locale.ROOT).contains("expect: 100-continue")) {
            in.skipNBytes(contentLength(head));
        }
        byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + answer.code()
                        + "</Code><Message>injected</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        boolean withBody = !head.startsWith("HEAD ");
        OutputStream out = client.getOutputStream();
        out.write(("HTTP/1.1 " + answer.status() + " Injected\r\nContent-Type: application/xml\r\nContent-Length: "
                        + body.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        if (withBody) {
            out.write(body);
        }
        out.flush();
        client.shutdownOutput();
        in.transferTo(OutputStream.nullOutputStream());
        client.close();
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && head.size() < CHUNK; b = in.read()) {
            head.write(b);
            String text = head.toString(StandardCharsets.ISO_8859_1);
            if (b == '\n' && text.endsWith("\r\n\r\n")) {
                return text;
            }
        }
        return "";
    }

    private static long contentLength(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Closed already.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(FaultProxy::reset);
    }
}
