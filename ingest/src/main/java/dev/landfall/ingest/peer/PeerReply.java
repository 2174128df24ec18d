package dev.landfall.ingest.peer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** What another node answered; close it. Closing before the end of the body ends the connection. */
public final class PeerReply implements AutoCloseable {
    private static final int MAX_SMALL_BODY = 8 << 20;

    private final String node;
    private final boolean change;
    private final ClassicHttpResponse response;

    PeerReply(String node, boolean change, ClassicHttpResponse response) {
        this.node = node;
        this.change = change;
        this.response = response;
    }

    public int status() {
        return response.getCode();
    }

    public boolean ok() {
        return status() < 400;
    }

    public @Nullable String header(String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** Those of the named headers that are there, and all whose name begins with {@code prefix}. */
    public Map<String, String> headers(Iterable<String> names, String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String name : names) {
            String value = header(name);
            if (value != null) {
                found.put(name, value);
            }
        }
        for (Header header : response.getHeaders()) {
            if (header.getName().toLowerCase(Locale.ROOT).startsWith(prefix)) {
                found.put(header.getName(), header.getValue());
            }
        }
        return found;
    }

    /** From Content-Length; -1 when unknown. */
    public long length() {
        String length = header("Content-Length");
        return length == null ? -1 : Long.parseLong(length);
    }

    public InputStream body() {
        HttpEntity entity = response.getEntity();
        try {
            return entity == null ? InputStream.nullInputStream() : entity.getContent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A small body as a whole.
     *
     * @throws LandfallException when the node goes away meanwhile: {@code OWNER_UNAVAILABLE}, or {@code OUTCOME_UNKNOWN} after a change
     */
    public byte[] bytes() {
        try (InputStream body = body()) {
            byte[] bytes = body.readNBytes(MAX_SMALL_BODY);
            if (bytes.length == MAX_SMALL_BODY) {
                throw new IOException("The reply is larger than expected");
            }
            return bytes;
        } catch (IOException e) {
            throw change ? PeerClient.unknown(node, e) : PeerClient.unavailable(node, e);
        }
    }

    /** The error that the node answered. */
    public LandfallException error() {
        byte[] body = errorBody();
        String code = header("Landfall-Error");
        ErrorCode known = code == null
                ? ErrorCode.INTERNAL_ERROR
                : ErrorCode.fromWire(code).orElse(ErrorCode.INTERNAL_ERROR);
        String message = known.sentence();
        if (body.length > 0) {
            JsonNode json = Json.tree(body);
            message = json.path("message").asText(message);
        }
        String retry = header("Retry-After");
        return new LandfallException(
                known, message, null, retry == null ? null : Duration.ofSeconds(Long.parseLong(retry)));
    }

    /** The head says enough when the rest does not come. */
    private byte[] errorBody() {
        try {
            return bytes();
        } catch (LandfallException e) {
            return new byte[0];
        }
    }

    @Override
    public void close() {
        try {
            response.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
