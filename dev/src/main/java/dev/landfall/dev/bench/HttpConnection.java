package dev.landfall.dev.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One keep-alive connection that speaks as little HTTP/1.1 as a load generator can, so that what is measured is the server. Blocking, for
 * one thread, with buffers that it uses again. Understands replies with a Content-Length only.
 */
final class HttpConnection implements AutoCloseable {
    private static final int BUFFER = 256 << 10;
    private static final int MOST_HEAD = 16 << 10;

    private final SocketChannel channel;
    private final String host;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer out = ByteBuffer.allocateDirect(MOST_HEAD);

    private HttpConnection(SocketChannel channel, String host) {
        this.channel = channel;
        this.host = host;
    }

    static HttpConnection to(URI server) throws IOException {
        int port = server.getPort() < 0 ? 80 : server.getPort();
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(server.getHost(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new HttpConnection(channel, server.getHost() + ":" + port);
    }

    /** Sends the body's remaining bytes and leaves the buffer as it is. */
    void put(String target, ByteBuffer body) throws IOException {
        head("PUT", target, "Content-Length: " + body.remaining() + "\r\n");
        ByteBuffer rest = body.duplicate();
        ByteBuffer[] both = {out, rest};
        while (rest.hasRemaining() || out.hasRemaining()) {
            channel.write(both);
        }
        reply(false);
    }

    /** Returns the number of bytes in the body of the reply. */
    long get(String target) throws IOException {
        ask(target);
        return reply(false).length;
    }

    /** The body of the reply as text. */
    String text(String target) throws IOException {
        ask(target);
        return reply(true).text.toString();
    }

    private void ask(String target) throws IOException {
        head("GET", target, "");
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private void head(String method, String target, String more) {
        String head = method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
        out.clear();
        out.put(head.getBytes(StandardCharsets.US_ASCII));
        out.flip();
    }

    private record Reply(long length, StringBuilder text) {}

    private Reply reply(boolean keep) throws IOException {
        in.clear();
        int end = -1;
        for (int searched = 0; end < 0; end = endOfHead(searched)) {
            searched = Math.max(0, in.position() - 3);
            if (in.position() > MOST_HEAD || channel.read(in) < 0) {
                throw new EOFException("The server ended the connection before its reply");
            }
        }
        byte[] bytes = new byte[end];
        in.get(0, bytes);
        String head = new String(bytes, StandardCharsets.ISO_8859_1);
        long length = length(head);
        long got = in.position() - end;
        String begin = head.substring(9, 12);
        boolean good = begin.startsWith("2");
        var said = new StringBuilder();
        in.flip().position(end);
        while (true) {
            if (keep || !good && said.length() < 400) {
                said.append(StandardCharsets.UTF_8.decode(in));
            }
            if (got >= length) {
                break;
            }
            in.clear().limit((int) Math.min(BUFFER, length - got));
            int n = channel.read(in);
            if (n < 0) {
                throw new EOFException("The server ended the connection in the middle of a body");
            }
            got += n;
            in.flip();
        }
        if (!good) {
            throw new IOException("The server answered " + begin + ": " + said);
        }
        return new Reply(length, said);
    }

    private int endOfHead(int from) {
        for (int i = from; i + 3 < in.position(); i++) {
            if (in.get(i) == '\r' && in.get(i + 1) == '\n' && in.get(i + 2) == '\r' && in.get(i + 3) == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private static long length(String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at < 0) {
            throw new IOException("The server's reply has no Content-Length: "
                    + head.lines().findFirst().orElse(""));
        }
        int from = at + "\r\ncontent-length:".length();
        return Long.parseLong(head.substring(from, head.indexOf('\r', from)).strip());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing depends on it
        }
    }
}
