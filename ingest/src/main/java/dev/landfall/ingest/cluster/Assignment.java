package dev.landfall.ingest.cluster;

import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.NodeInfo;
import dev.landfall.targets.ObjectStore;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells the store which partitions are its own. None until the cluster knows this very store: a node that comes back with another one
 * (its disks were replaced) may not count on in the old epochs.
 */
public final class Assignment {
    private final String node;
    private final ObjectStore store;
    private final Runnable changed;
    private Map<Integer, Integer> current = Map.of();
    private volatile boolean known;

    /** @param changed called after the store was told something new */
    public Assignment(String node, ObjectStore store, Runnable changed) {
        this.node = node;
        this.store = store;
        this.changed = changed;
    }

    /** For {@link dev.landfall.placement.Cluster#onChange}. */
    public synchronized void accept(ClusterView view) {
        NodeInfo self = view.nodes().get(node);
        ClusterMap map = view.map();
        known = map != null && self != null && self.storeId().equals(store.storeId());
        Map<Integer, Integer> epochs = new HashMap<>();
        if (known && map != null) {
            for (int partition : map.partitionsOf(node)) {
                epochs.put(partition, map.owners().get(partition).epoch());
            }
        }
        if (!epochs.equals(current)) {
            current = epochs;
            store.assign(epochs);
            changed.run();
        }
    }

    /** Whether the cluster knows this node with this store. */
    public boolean known() {
        return known;
    }
}
