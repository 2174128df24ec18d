package dev.landfall.node.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a listener listens.
 *
 * @param port 0 picks a free one
 * @param advertise where others reach it, when that is another address, for example behind a proxy
 */
public record Listen(String host, int port, @Nullable URI advertise) {
    public Listen(String host, int port) {
        this(host, port, null);
    }

    public static Listen loopback(int port) {
        return new Listen("127.0.0.1", port);
    }

    /** The advertised address as text, or null. */
    public @Nullable String advertised() {
        return advertise == null ? null : advertise.toString();
    }
}
