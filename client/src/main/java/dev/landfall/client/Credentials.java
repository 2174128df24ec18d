package dev.landfall.client;

import org.jspecify.annotations.Nullable;

/** An access key with its secret, sent with every request to a cluster that asks for one. */
public record Credentials(String accessKey, String secretKey) {
    /** From {@code LANDFALL_ACCESS_KEY} and {@code LANDFALL_SECRET_KEY}; null when they are not set. */
    public static @Nullable Credentials fromEnvironment() {
        String access = System.getenv("LANDFALL_ACCESS_KEY");
        String secret = System.getenv("LANDFALL_SECRET_KEY");
        return access == null || access.isEmpty() || secret == null ? null : new Credentials(access, secret);
    }

    String header() {
        return "Bearer " + accessKey + ":" + secretKey;
    }

    @Override
    public String toString() {
        return "Credentials[" + accessKey + "]";
    }
}
