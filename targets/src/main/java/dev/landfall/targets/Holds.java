package dev.landfall.targets;

import java.util.concurrent.ConcurrentHashMap;

/** Who reads which data file. A file that is held is not unlinked. */
final class Holds {
    private final ConcurrentHashMap<Long, Integer> readers = new ConcurrentHashMap<>();
    private final Runnable onRelease;

    /** @param onRelease called when the last reader of a file has gone */
    Holds(Runnable onRelease) {
        this.onRelease = onRelease;
    }

    void hold(long fileId) {
        readers.merge(fileId, 1, Integer::sum);
    }

    void release(long fileId) {
        if (readers.computeIfPresent(fileId, (id, count) -> count == 1 ? null : count - 1) == null) {
            onRelease.run();
        }
    }

    /** Runs the action if nobody holds the file; nobody can take hold of it meanwhile. */
    boolean unlessHeld(long fileId, Runnable action) {
        Integer left = readers.compute(fileId, (id, count) -> {
            if (count == null) {
                action.run();
            }
            return count;
        });
        return left == null;
    }

    int count() {
        return readers.values().stream().mapToInt(Integer::intValue).sum();
    }
}
