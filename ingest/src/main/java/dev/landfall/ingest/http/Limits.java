package dev.landfall.ingest.http;

import java.time.Duration;

/**
 * What one door allows.
 *
 * @param workers requests served at once; each may hold one body buffer
 * @param waiting requests that may wait for a worker; above it they are answered {@code BUSY}
 * @param maxHeaderBytes of names and values of all headers and the URL
 * @param maxBodyBytes of one object
 * @param idle how long a peer may send or take nothing in the middle of a body
 * @param minBytesPerSecond slower bodies are given up once they have taken longer than {@code idle}
 */
public record Limits(
        int workers, int waiting, int maxHeaderBytes, long maxBodyBytes, Duration idle, long minBytesPerSecond) {
    public static final Limits DEFAULT = new Limits(64, 1024, 32 << 10, 5L << 40, Duration.ofSeconds(30), 1024);
}
