package dev.landfall.targets;

import dev.landfall.model.ObjectKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The keys of moving partitions that have changed since they were last copied. Of one mountpath. */
final class Watch {
    private final Map<Integer, Set<ObjectKey>> changed = new ConcurrentHashMap<>();

    void begin(int partition) {
        changed.put(partition, ConcurrentHashMap.newKeySet());
    }

    void end(int partition) {
        changed.remove(partition);
    }

    /** On the committer's thread, after each batch. */
    void changed(int partition, ObjectKey key) {
        Set<ObjectKey> keys = changed.get(partition);
        if (keys != null) {
            keys.add(key);
        }
    }

    int size(int partition) {
        return changed.getOrDefault(partition, Set.of()).size();
    }

    /** A key that changes meanwhile may be in the answer, and comes again. */
    Set<ObjectKey> take(int partition) {
        Set<ObjectKey> keys = changed.getOrDefault(partition, Set.of());
        var taken = Set.copyOf(keys);
        // Removed before they are copied: a change after this call adds them again.
        keys.removeAll(taken);
        return taken;
    }
}
