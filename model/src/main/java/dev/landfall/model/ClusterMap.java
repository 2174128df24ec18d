package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;

/**
 * Who owns what.
 *
 * @param version grows with every change of the map
 * @param owners by partition
 */
public record ClusterMap(long version, List<Ownership> owners) {
    /** The owner of one partition, and the epoch of that ownership. */
    public record Ownership(String node, int epoch) {}

    public ClusterMap {
        owners = List.copyOf(owners);
    }

    @JsonIgnore
    public int partitions() {
        return owners.size();
    }

    public int partitionOf(ObjectKey key) {
        return Partitions.of(key, partitions());
    }

    public Ownership ownerOf(ObjectKey key) {
        return owners.get(partitionOf(key));
    }

    public List<Integer> partitionsOf(String node) {
        List<Integer> owned = new ArrayList<>();
        for (int p = 0; p < owners.size(); p++) {
            if (owners.get(p).node().equals(node)) {
                owned.add(p);
            }
        }
        return owned;
    }
}
