package dev.landfall.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A client that sends exactly the bytes a test wants, one connection for each request. */
final class Http {
    record Reply(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return Json.tree(body);
        }

        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }

        String code() {
            return json().path("code").asText();
        }
    }

    private Http() {}

    /** @param headers lines of {@code Name: value} */
    static Reply send(String url, String method, byte[] body, String... headers) {
        URI uri = URI.create(url.substring(0, url.indexOf('/', 8)));
        try (Socket socket = connect(uri)) {
            var head = new StringBuilder(
                    method + " " + url.substring(url.indexOf('/', 8)) + " HTTP/1.1\r\nConnection: close\r\n");
            if (Arrays.stream(headers).noneMatch(header -> header.startsWith("Host:"))) {
                head.append("Host: localhost\r\n");
            }
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            if (body != null) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            if (body != null) {
                socket.getOutputStream().write(body);
            }
            return read(socket.getInputStream(), method.equals("HEAD"));
        } catch (IOException e) {
            throw new AssertionError(method + " " + url, e);
        }
    }

    static Reply get(String url, String... headers) {
        return send(url, "GET", null, headers);
    }

    static Reply put(String url, byte[] body, String... headers) {
        return send(url, "PUT", body, headers);
    }

    static Reply put(String url, String body, String... headers) {
        return put(url, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static Socket connect(URI uri) throws IOException {
        var socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    static Reply read(InputStream in, boolean headOnly) throws IOException {
        String status = line(in);
        if (status.isEmpty()) {
            throw new IOException("The connection ended without a reply");
        }
        Map<String, String> headers = new HashMap<>();
        for (String line; !(line = line(in)).isEmpty(); ) {
            headers.put(
                    line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                    line.substring(line.indexOf(':') + 1).strip());
        }
        int code = Integer.parseInt(status.split(" ")[1]);
        boolean bodiless = headOnly || code == 204 || code == 304 || code == 100;
        String length = headers.get("content-length");
        byte[] body =
                bodiless ? new byte[0] : length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        return new Reply(code, headers, body);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c; (c = in.read()) >= 0 && c != '\n'; ) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
