package dev.landfall.node.config;

/**
 * Where a listener listens.
 *
 * @param port 0 picks a free one
 */
public record Listen(String host, int port) {
    public static Listen loopback(int port) {
        return new Listen("127.0.0.1", port);
    }
}
