package dev.landfall.ingest.cluster;

import dev.landfall.ingest.objects.ViewWatch;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
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
            NodeInfo before = watch.view().nodes().get(self.id());
            try {
                decisions.submit(new ClusterCommand.RegisterNode(self));
                warnOfAnotherStore(before);
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

    private void warnOfAnotherStore(@Nullable NodeInfo before) {
        if (before != null && !before.storeId().equals(self.storeId())) {
            LOG.warn(
                    "The node {} came with another store, {} instead of {}: what its former store held and S3 does not have is served no"
                            + " more, and the former store is refused from now on. If that was a mistake in the configuration of data or"
                            + " mountpaths, keep the former directory",
                    self.id(),
                    self.storeId(),
                    before.storeId());
        }
    }

    /** A view without a map is not the cluster's yet. A store that was replaced is refused, so it does not ask. */
    private boolean isMissing(ClusterView view) {
        NodeInfo known = view.nodes().get(self.id());
        return closed
                || view.map() != null
                        && (known == null
                                || !known.hasDisplaced(self.storeId())
                                        && !known.withFormerStores(List.of()).equals(self));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
