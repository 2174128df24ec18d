package dev.landfall.etl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reads what a process writes, so that it never waits, and keeps the end of it. */
final class OutputTail {
    static final int KEPT = 8 << 10;

    /** A descendant may hold the pipe open long after the process itself has ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final InputStream from;
    private final byte[] ring = new byte[KEPT];
    private final Thread reader;
    private long total;

    private OutputTail(InputStream from) {
        this.from = from;
        this.reader = Thread.ofVirtual().name("landfall-stderr").unstarted(this::read);
    }

    static OutputTail of(InputStream from) {
        var tail = new OutputTail(from);
        tail.reader.start();
        return tail;
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try (from) {
            for (int n; (n = from.read(buffer)) > 0; ) {
                synchronized (this) {
                    for (int i = 0; i < n; i++) {
                        ring[(int) (total++ % KEPT)] = buffer[i];
                    }
                }
            }
        } catch (IOException e) {
            // The pipe broke when the process was killed: what came before is what there is.
        }
    }

    /** The last bytes as text; waits shortly for what is still on the way. */
    String end() {
        try {
            reader.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            int length = (int) Math.min(total, KEPT);
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = ring[(int) ((total - length + i) % KEPT)];
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
