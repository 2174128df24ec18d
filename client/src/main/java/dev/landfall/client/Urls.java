package dev.landfall.client;

import dev.landfall.model.ObjectKey;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Paths of the native API. */
final class Urls {
    private Urls() {}

    static String object(ObjectKey key) {
        return "/api/v1/objects/" + key.bucket() + "/" + encode(key.name()).replace("%2F", "/");
    }

    /** Percent-encodes everything but RFC 3986's unreserved characters. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    static URI at(URI base, String path) {
        String root = base.toString();
        return URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
    }
}
