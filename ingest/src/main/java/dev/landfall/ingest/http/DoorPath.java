package dev.landfall.ingest.http;

import io.undertow.server.HttpServerExchange;

/** The path of a request exactly as the client sent it. */
final class DoorPath {
    private DoorPath() {}

    static String of(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (exchange.isHostIncludedInRequestURI()) {
            int path = uri.indexOf('/', uri.indexOf("//") + 2);
            return path < 0 ? "/" : uri.substring(path);
        }
        return uri;
    }
}
