package dev.landfall.writeback;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * One thread that runs everything, in virtual time and in an order drawn from a seed. Time stands still while anything can run.
 *
 * <p>What would be a thread in the product is a virtual thread of a {@link SimProcess}, whose scheduler is this loop: so the product's own
 * code blocks and wakes as it does elsewhere, and exactly one of them runs at any time.
 */
final class SimLoop {
    record Event(long at, long order, Runnable action) {}

    private record Task(SimProcess process, Runnable continuation) {}

    final SplittableRandom random;
    private final Thread thread = Thread.currentThread();
    private final List<Task> ready = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private long order;
    long nanos = 1_000_000_000L;
    long steps;

    SimLoop(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Runs something later, on the loop itself: it must not block. */
    Event at(long delayNanos, Runnable action) {
        var event = new Event(nanos + Math.max(0, delayNanos), order++, action);
        events.add(event);
        return event;
    }

    void cancel(Event event) {
        events.remove(event);
    }

    /** Between two bounds, in nanoseconds. */
    long between(long fromMicros, long toMicros) {
        return 1000 * (fromMicros + random.nextLong(Math.max(1, toMicros - fromMicros)));
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    void submit(SimProcess process, Runnable continuation) {
        if (Thread.currentThread() != thread && !Thread.currentThread().isVirtual()) {
            failure.compareAndSet(
                    null, new IllegalStateException("Woken from outside of the simulation: the run is not repeatable"));
        }
        ready.add(new Task(process, continuation));
    }

    /** To be thrown out of the loop. */
    void fail(Throwable why) {
        failure.compareAndSet(null, why);
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    /** @return whether the condition came true within the virtual time */
    boolean runUntil(BooleanSupplier done, long atMostNanos) {
        long end = nanos + atMostNanos;
        while (true) {
            Throwable why = failure.get();
            if (why != null) {
                throw why instanceof SimViolation violation ? violation : new SimViolation("unexpected: " + why, why);
            }
            if (done.getAsBoolean()) {
                return true;
            }
            if (!step(end)) {
                return false;
            }
        }
    }

    private boolean step(long end) {
        steps++;
        if (!ready.isEmpty()) {
            int i = ready.size() == 1 ? 0 : random.nextInt(ready.size());
            Task task = ready.get(i);
            Task last = ready.removeLast();
            if (i < ready.size()) {
                ready.set(i, last);
            }
            task.process.run(task.continuation);
            return true;
        }
        Event event = events.peek();
        if (event == null || event.at > end) {
            nanos = end;
            return false;
        }
        events.poll();
        nanos = Math.max(nanos, event.at);
        event.action.run();
        return true;
    }
}
