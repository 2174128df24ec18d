package dev.landfall.placement;

import dev.landfall.model.ClusterView;
import dev.landfall.model.TimeSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest state, and those who want to hear of it. A state is on disk before anybody sees it, so that no restart goes back behind
 * what this node has acted on.
 */
final class Views implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Views.class);
    /** Listeners that lag so far behind hold up the follower. */
    private static final int MAX_BEHIND = 1_000;

    private final ViewFile file;
    private final Health health;
    private final BlockingQueue<Runnable> deliveries = new ArrayBlockingQueue<>(MAX_BEHIND);
    private volatile Shown current;

    /** Only for the delivering thread. */
    private final List<Listener> listeners = new ArrayList<>();

    Views(ViewFile file, Snapshot first, Health health) {
        this.file = file;
        this.health = health;
        this.current = new Shown(0, first);
    }

    Snapshot current() {
        return current.state();
    }

    /** The listener hears of the state that is current when it is called for the first time, and of every later one. */
    void onChange(Consumer<ClusterView> listener) {
        enqueue(() -> {
            Shown first = current;
            listeners.add(new Listener(listener, first.number()));
            deliver(listener, first.state().view());
        });
    }

    /** Saves the last one and shows all of them, oldest first. Only the follower calls it. */
    void publish(List<Snapshot> states) {
        if (states.isEmpty() || states.size() == 1 && states.getFirst().equals(current())) {
            return;
        }
        try {
            file.save(states.getLast());
        } catch (IOException e) {
            LOG.error(
                    "Failed to save the cluster view; after a restart without Kafka this node starts with an older one",
                    e);
        }
        for (Snapshot state : states) {
            Shown next = new Shown(current.number() + 1, state);
            synchronized (this) {
                current = next;
                notifyAll();
            }
            enqueue(() -> deliver(next));
        }
    }

    /** Whether the record at this offset was visible in time. */
    synchronized boolean await(long offset, long nanos, TimeSource time) throws InterruptedException {
        long end = time.nanos() + nanos;
        while (current().view().offset() < offset) {
            long left = end - time.nanos();
            if (left <= 0 || !health.running()) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(200)));
        }
        return true;
    }

    /** Delivers until the member closes. */
    @Override
    public void run() {
        try {
            while (!health.closing()) {
                Runnable next = deliveries.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    next.run();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Stopped delivering views");
        }
    }

    /** Lets the delivering thread see that the member closes. */
    void wakeup() {
        deliveries.offer(() -> {});
    }

    private void enqueue(Runnable delivery) {
        try {
            while (!health.closing() && !deliveries.offer(delivery, 200, TimeUnit.MILLISECONDS)) {
                LOG.debug("{} views wait for the listeners", MAX_BEHIND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(Shown next) {
        for (Listener each : listeners) {
            if (next.number() > each.from()) {
                deliver(each.target(), next.state().view());
            }
        }
    }

    private static void deliver(Consumer<ClusterView> listener, ClusterView view) {
        try {
            listener.accept(view);
        } catch (RuntimeException e) {
            LOG.error("A listener failed on the cluster view at offset {}", view.offset(), e);
        }
    }

    /** A state and how many came before it: offsets cannot say that, they go back when Kafka has lost the end of the log. */
    private record Shown(long number, Snapshot state) {}

    /** What was shown up to {@code from} is still in the queue when the listener comes, and older than what it starts with. */
    private record Listener(Consumer<ClusterView> target, long from) {}
}
