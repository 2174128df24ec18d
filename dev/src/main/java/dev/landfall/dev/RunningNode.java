package dev.landfall.dev;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node of a cluster on this machine. */
public interface RunningNode {
    String id();

    /** Its front door. */
    URI http();

    /** Its S3 API. */
    URI s3();

    /** Where other nodes reach it. */
    URI peer();

    /** Of its process; this one's when the node runs in it. */
    long pid();

    /** Whether it runs: false once it was stopped, or its process has ended. */
    boolean isAlive();

    /** Tells a sentence when the node's process ends without having been asked to; a node in this process has none to tell of. */
    default void onUnexpectedEnd(Consumer<String> tell) {}

    /** The file that it logs to; null when it logs where this process does. */
    default @Nullable Path log() {
        return null;
    }

    /** Drains and stops it. Returns whether everything ended in order and in time. */
    boolean stop(Duration grace);
}
