package dev.landfall.placement;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the threads of one member share: whether it is closing, whether Kafka answers, and why it must not take part. */
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean connected;
    private volatile @Nullable String failure;
    private boolean everLost;

    void close() {
        closing.countDown();
    }

    boolean closing() {
        return closing.getCount() == 0;
    }

    /** Whether the threads go on: the member is neither closing nor refused. */
    boolean running() {
        return !closing() && failure == null;
    }

    /** Waits, or returns at once when the member closes. */
    void pause(long millis) {
        try {
            closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Only a closing member interrupts its threads; the caller asks running() next.
            Thread.currentThread().interrupt();
        }
    }

    boolean connected() {
        return connected;
    }

    synchronized void answered() {
        if (!connected && everLost) {
            LOG.info("The cluster log answers again");
        }
        connected = true;
    }

    /** Logs the first of a row of failures. */
    synchronized void lost(Exception cause) {
        if (running() && (connected || !everLost)) {
            LOG.warn(
                    "The cluster log cannot be reached; this node goes on with the view it has and tries again", cause);
            everLost = true;
        }
        connected = false;
    }

    @Nullable
    String failure() {
        return failure;
    }

    /** For good: nothing but a restart helps, after an operator has looked. */
    synchronized void refuse(ClusterRefusal refusal) {
        if (failure == null) {
            failure = refusal.sentence();
            connected = false;
            LOG.error("This node cannot take part in the cluster. {}", refusal.sentence());
        }
    }
}
