package dev.landfall.ingest.objects;

import dev.landfall.model.ClusterView;
import dev.landfall.placement.Cluster;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Lets threads wait until this node's view shows something. */
public final class ViewWatch {
    private final Cluster cluster;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private ViewWatch(Cluster cluster) {
        this.cluster = cluster;
    }

    public static ViewWatch on(Cluster cluster) {
        var watch = new ViewWatch(cluster);
        cluster.onChange(view -> watch.signal());
        return watch;
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The newest view. */
    public ClusterView view() {
        return cluster.view();
    }

    /** Returns whether it came true in time; false, with the interrupt flag set, when interrupted. */
    public boolean await(Predicate<ClusterView> wanted, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        lock.lock();
        try {
            while (!wanted.test(cluster.view())) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // in steps: the view may be a moment newer than the listener's call
                changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
