package dev.landfall.topology;

import java.util.ArrayList;
import java.util.List;

/** Tells an attempt that nobody wants its result any more. Thread-safe. Threads are not interrupted, for they may be writing to files. */
public final class Cancellation {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean cancelled;

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Runs the action when cancelled, at once if that was before; on the canceller's thread. The result removes it again. */
    public Registration onCancel(Runnable action) {
        boolean now;
        synchronized (this) {
            now = cancelled;
            if (!now) {
                actions.add(action);
            }
        }
        if (now) {
            action.run();
        }
        return () -> {
            synchronized (this) {
                actions.remove(action);
            }
        };
    }

    public void cancel() {
        List<Runnable> todo;
        synchronized (this) {
            cancelled = true;
            todo = List.copyOf(actions);
            actions.clear();
        }
        todo.forEach(Runnable::run);
    }

    /** Closed when the action is not wanted any more. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
