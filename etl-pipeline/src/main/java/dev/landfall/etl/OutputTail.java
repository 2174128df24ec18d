package dev.landfall.etl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reads what a process writes, so that it never waits, and keeps the end of it. */
final class OutputTail implements AutoCloseable {
    static final int KEPT = 8 << 10;

    private static final long MAX_PAUSE_MILLIS = 20;

    /** What a process wrote before its end is in the pipe; this is for the JDK's thread that sees to the end. */
    private static final int QUIET_MILLIS = 30;

    /** A descendant may go on writing long after the process itself has ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final InputStream from;
    private final byte[] ring = new byte[KEPT];
    private final Thread reader;
    private volatile boolean ending;
    private volatile boolean left;
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

    /** Never blocks in a read: one cannot be left as long as any process anywhere holds the other end. */
    private void read() {
        byte[] buffer = new byte[4096];
        long pause = 1;
        int quiet = 0;
        try (from) {
            while (quiet < QUIET_MILLIS) {
                int n = available();
                if (n > 0) {
                    append(buffer, from.read(buffer, 0, Math.min(n, buffer.length)));
                    pause = 1;
                    quiet = 0;
                } else {
                    Thread.sleep(pause);
                    quiet = ending ? quiet + (int) pause : 0;
                    pause = ending ? 1 : Math.min(2 * pause, MAX_PAUSE_MILLIS);
                }
                if (left) {
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            // The pipe broke when the process was killed: what came before is what there is.
        }
    }

    private int available() {
        try {
            return from.available();
        } catch (IOException e) {
            return 0; // The process has just ended, and the JDK is putting what it left behind in the pipe's place.
        }
    }

    private synchronized void append(byte[] buffer, int n) {
        for (int i = 0; i < n; i++) {
            ring[(int) (total++ % KEPT)] = buffer[i];
        }
    }

    /** Ends the reading without waiting for anything. */
    @Override
    public void close() {
        left = true;
    }

    /** The last bytes as text; waits shortly for what is still on the way. */
    String end() {
        ending = true;
        try {
            reader.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
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
