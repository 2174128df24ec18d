package dev.landfall.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Runs tasks: those of one lane (a pipeline and a source key) one after another in the order they came, those of one pipeline at most as
 * many at once as it has slots. Each runs on a virtual thread of its own. Thread-safe.
 */
final class Lanes {
    /** A task's place. */
    record Lane(String pipeline, String key) {}

    interface Task {
        Lane lane();

        /** Does the work; must not throw. */
        void run();

        void cancel();
    }

    private static final class Slots {
        final int size;
        final Queue<Task> ready = new ArrayDeque<>();
        int taken;

        Slots(int size) {
            this.size = size;
        }
    }

    private final Map<String, Slots> slots = new HashMap<>();
    private final Map<Lane, Queue<Task>> waiting = new HashMap<>();
    private final Set<Task> running = new HashSet<>();
    private final Consumer<Task> finished;
    private final String threadName;
    private boolean closed;

    /** @param finished told after each task that ended or was dropped, without a lock held */
    Lanes(String threadName, Map<String, Integer> slotsByPipeline, Consumer<Task> finished) {
        this.threadName = threadName;
        this.finished = finished;
        slotsByPipeline.forEach((pipeline, size) -> slots.put(pipeline, new Slots(size)));
    }

    synchronized void submit(Task task) {
        if (closed) {
            return;
        }
        Queue<Task> behind = waiting.get(task.lane());
        if (behind != null) {
            behind.add(task);
            return;
        }
        waiting.put(task.lane(), new ArrayDeque<>());
        Slots pipeline = slotsOf(task);
        pipeline.ready.add(task);
        fill(pipeline);
    }

    private Slots slotsOf(Task task) {
        return java.util.Objects.requireNonNull(slots.get(task.lane().pipeline()));
    }

    private void fill(Slots pipeline) {
        while (!closed && pipeline.taken < pipeline.size && !pipeline.ready.isEmpty()) {
            Task task = pipeline.ready.remove();
            pipeline.taken++;
            running.add(task);
            Thread.ofVirtual().name(threadName).start(() -> run(task));
        }
    }

    private void run(Task task) {
        try {
            task.run();
        } finally {
            end(task);
            finished.accept(task);
        }
    }

    private synchronized void end(Task task) {
        running.remove(task);
        Slots pipeline = slotsOf(task);
        pipeline.taken--;
        next(task.lane(), pipeline);
        fill(pipeline);
        notifyAll();
    }

    private void next(Lane lane, Slots pipeline) {
        Queue<Task> behind = waiting.get(lane);
        Task next = behind == null ? null : behind.poll();
        if (next == null) {
            waiting.remove(lane);
        } else {
            pipeline.ready.add(next);
        }
    }

    /** Forgets the tasks that have not begun, and cancels those that have. */
    void drop(Predicate<Task> which) {
        Collection<Task> begun;
        List<Task> dropped = new ArrayList<>();
        synchronized (this) {
            for (Queue<Task> queue : waiting.values()) {
                queue.stream().filter(which).forEach(dropped::add);
                queue.removeIf(which);
            }
            for (Slots pipeline : slots.values()) {
                List<Task> ready = pipeline.ready.stream().filter(which).toList();
                pipeline.ready.removeAll(ready);
                ready.forEach(task -> next(task.lane(), pipeline));
                dropped.addAll(ready);
                fill(pipeline);
            }
            begun = running.stream().filter(which).toList();
        }
        begun.forEach(Task::cancel);
        dropped.forEach(Task::cancel);
        dropped.forEach(finished);
    }

    synchronized int running() {
        return running.size();
    }

    /** Cancels everything; returns when all tasks have ended, or after the time. */
    void close(java.time.Duration grace) {
        synchronized (this) {
            closed = true;
        }
        drop(task -> true);
        long end = System.nanoTime() + grace.toNanos();
        synchronized (this) {
            try {
                for (long left; !running.isEmpty() && (left = (end - System.nanoTime()) / 1_000_000) > 0; ) {
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
