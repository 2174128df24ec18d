package dev.landfall.dev;

import java.net.URI;
import java.time.Duration;

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

    /** Drains and stops it. Returns whether everything ended in order and in time. */
    boolean stop(Duration grace);
}
