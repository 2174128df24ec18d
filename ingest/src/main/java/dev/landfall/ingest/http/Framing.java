package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.regex.Pattern;

/**
 * Refuses requests whose end two readers could see in different places (RFC 9112, 6.3 and 11.2: request smuggling), and ends the connection
 * with them, so that nobody takes what follows for a request.
 */
final class Framing {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private Framing() {}

    /**
     * @param trusted whether the caller is a node; anybody else's connection ends with a chunked request: the HTTP parser is lenient about
     *     the lines between chunks
     * @throws LandfallException {@code INVALID_REQUEST}
     */
    static void check(HttpServerExchange exchange, boolean trusted) {
        HeaderValues lengths = exchange.getRequestHeaders().get(Headers.CONTENT_LENGTH);
        HeaderValues encodings = exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING);
        HeaderValues hosts = exchange.getRequestHeaders().get(Headers.HOST);
        if (lengths != null
                && (lengths.size() != 1 || !LENGTH.matcher(lengths.getFirst()).matches())) {
            throw refused(exchange, "Content-Length is one number");
        }
        if (encodings != null && (encodings.size() != 1 || !"chunked".equalsIgnoreCase(encodings.getFirst()))) {
            throw refused(exchange, "Transfer-Encoding is chunked, or is not there");
        }
        if (lengths != null && encodings != null) {
            throw refused(exchange, "Send Content-Length or Transfer-Encoding, not both");
        }
        if (hosts != null && hosts.size() != 1) {
            throw refused(exchange, "There is one Host header");
        }
        if (encodings != null && !trusted) {
            exchange.setPersistent(false);
        }
    }

    private static LandfallException refused(HttpServerExchange exchange, String why) {
        exchange.setPersistent(false);
        return new LandfallException(ErrorCode.INVALID_REQUEST, why);
    }
}
