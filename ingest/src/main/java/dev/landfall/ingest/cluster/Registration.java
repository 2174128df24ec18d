package dev.landfall.ingest.cluster;

import dev.landfall.ingest.objects.ViewWatch;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the cluster's entry of this node true: its addresses and its store. Tries again for as long as it takes. */
public final class Registration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final long MAX_PAUSE_MILLIS = 10_000;

    private final NodeInfo self;
    private final Decisions decisions;
    private final ViewWatch watch;
    private final TimeSource time;
    private final Thread thread;
    private volatile boolean closed;

    private Registration(NodeInfo self, Decisions decisions, ViewWatch watch, TimeSource time) {
        this.self = self;
        this.decisions = decisions;
        this.watch = watch;
        this.time = time;
        this.thread = Thread.ofVirtual().name("landfall-registration").unstarted(this::run);
    }

    public static Registration start(NodeInfo self, Decisions decisions, ViewWatch watch, TimeSource time) {
        var registration = new Registration(self, decisions, watch, time);
        registration.thread.start();
        return registration;
    }

    private void run() {
        long pause = 100;
        while (!closed) {
            if (!watch.await(this::isMissing, LOOK)) {
                continue;
            }
            if (closed) {
                return;
            }
            try {
                decisions.submit(new ClusterCommand.RegisterNode(self));
                pause = 100;
            } catch (LandfallException e) {
                LOG.debug("The node could not be registered yet: {}", e.getMessage());
                time.sleep(Duration.ofMillis(
                        pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2)));
                pause = Math.min(MAX_PAUSE_MILLIS, pause * 2);
            } catch (RuntimeException e) {
                LOG.error("The node could not be registered; it tries again", e);
                time.sleep(Duration.ofMillis(MAX_PAUSE_MILLIS));
            }
        }
    }

    private boolean isMissing(ClusterView view) {
        return closed || !self.equals(view.nodes().get(self.id()));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
