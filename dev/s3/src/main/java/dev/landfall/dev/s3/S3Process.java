package dev.landfall.dev.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** S3Proxy over a directory, in a child process with a class path of its own. Verifies SigV4. Path style. */
public final class S3Process implements AutoCloseable {
    private S3Process() {}

    /**
     * Starts the server and returns when it answers. Keys are generated once per directory and kept there, readable by the owner only.
     *
     * @param port 0 picks a free one, or the one of the last start in this directory
     * @param latency added to each request before the first byte of its reply
     */
    public static S3Process start(Path directory, int port, Duration latency) {
        throw new UnsupportedOperationException("not yet");
    }

    public URI endpoint() {
        throw new UnsupportedOperationException("not yet");
    }

    public String region() {
        throw new UnsupportedOperationException("not yet");
    }

    public String accessKey() {
        throw new UnsupportedOperationException("not yet");
    }

    public String secretKey() {
        throw new UnsupportedOperationException("not yet");
    }

    public long pid() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Ends the process by its id and waits for it. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("not yet");
    }
}
