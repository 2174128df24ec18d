package dev.landfall.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Requests that no well-behaved client sends. */
final class RawHttp {
    private static final int TIMEOUT_MILLIS = 20_000;

    /** @param status 0 when the server closed the connection without an answer */
    record Reply(int status, String text) {}

    private RawHttp() {}

    /** Sends bytes as they are and reads until the reply is complete or the connection ends. */
    static Reply send(URI server, byte[] request) {
        try (Socket socket = connect(server)) {
            write(socket, request);
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends bytes as they are and hangs up: with a reset, or in good order. */
    static void hangUp(URI server, byte[] request, boolean reset) {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] head(String requestLine, String... headers) {
        return (requestLine + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + String.join("\r\n", headers)
                        + (headers.length == 0 ? "" : "\r\n") + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] concat(byte[] head, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head);
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static Socket connect(URI server) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, byte[] request) throws IOException {
        try {
            socket.getOutputStream().write(request);
        } catch (java.net.SocketException e) {
            // The server would not have all of it; it may have answered before.
        }
    }

    private static Reply read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                bytes.write(chunk, 0, n);
            }
        } catch (java.net.SocketException e) {
            // Reset after the reply: what came counts.
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        int status = text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0;
        return new Reply(status, text);
    }
}
