package dev.landfall.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Takes a request to its last byte, and is gone without a word. */
final class VanishingOwner implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    /** Goes away before it asks for a body. */
    volatile boolean refuseBodies;

    VanishingOwner() throws IOException {
        Thread.ofVirtual().start(this::run);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void run() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(5_000);
                take(socket);
            } catch (IOException e) {
                // the next one, or the end
            }
        }
    }

    private void take(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return;
            }
            head.append((char) c);
        }
        String text = head.toString().toLowerCase(java.util.Locale.ROOT);
        if (text.contains("100-continue") && !refuseBodies) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            int from = text.indexOf("content-length: ") + "content-length: ".length();
            in.readNBytes(Integer.parseInt(text.substring(from, text.indexOf('\r', from))));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
