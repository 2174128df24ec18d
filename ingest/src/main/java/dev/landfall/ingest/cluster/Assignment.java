package dev.landfall.ingest.cluster;

import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.NodeInfo;
import dev.landfall.targets.ObjectStore;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the store which partitions are its own. None until the cluster knows this very store: a node that comes back with another one
 * (its disks were replaced) may not count on in the old epochs, and one that comes back with a store it had before a newer one serves
 * nothing.
 */
public final class Assignment {
    private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);

    private final String node;
    private final ObjectStore store;
    private final Runnable changed;
    private Map<Integer, Integer> current = Map.of();
    private volatile boolean known;
    private volatile @Nullable String refusal;

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
        refuse(self);
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

    private void refuse(@Nullable NodeInfo self) {
        if (self == null || !self.hasDisplaced(store.storeId())) {
            refusal = null;
        } else if (refusal == null) {
            String sentence = "the store " + store.storeId() + " of the node " + node
                    + " is outdated, its newer store " + self.storeId()
                    + " has replaced it; stop this node, and start " + node
                    + " on the directory with the newer store, or with an empty one";
            refusal = sentence;
            LOG.error("This node serves nothing: {}", sentence);
        }
    }

    /** Why this node does not serve now, as a sentence; null when it does. */
    public @Nullable String missing() {
        String refused = refusal;
        if (refused != null) {
            return refused;
        }
        return known ? null : "the cluster does not know this node yet";
    }
}
