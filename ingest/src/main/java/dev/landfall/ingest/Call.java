package dev.landfall.ingest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and its reply, for handlers whose bodies are small. */
public interface Call {
    /** A parameter of the route's template, percent-decoded. */
    String path(String parameter);

    /** A query parameter, percent-decoded. */
    @Nullable
    String query(String parameter);

    @Nullable
    String header(String name);

    /** The whole body. @throws dev.landfall.model.LandfallException {@code ENTITY_TOO_LARGE} */
    byte[] body(int maxBytes);

    String requestId();

    /** Sends JSON and ends the call. */
    void reply(int status, Object json);

    /** Sends bytes and ends the call. */
    void reply(int status, String contentType, byte[] body, Map<String, String> headers);
}
