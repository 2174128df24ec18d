package dev.landfall.writeback;

import java.net.URI;
import java.time.Duration;

/**
 * A named S3 endpoint.
 *
 * @param accessKey a reference, {@code env:NAME} or {@code file:PATH}, or (for {@code dev} only) {@code literal:VALUE}
 * @param secretKey a reference of the same forms
 * @param attemptTimeout the longest that one attempt may take
 */
public record RemoteEndpoint(
        String name,
        URI endpoint,
        String region,
        boolean pathStyle,
        String accessKey,
        String secretKey,
        Duration attemptTimeout) {
    @Override
    public String toString() {
        return "RemoteEndpoint[" + name + ", " + endpoint + "]";
    }
}
