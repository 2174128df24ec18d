package dev.landfall.node.config;

import java.util.List;

/**
 * What a cluster is created with; only the first start of a cluster uses it, later ones check it.
 *
 * @param partitions of the topics, and units of placement
 * @param replication of the topics
 * @param initialTargets ids of the nodes that own partitions from the beginning
 */
public record ClusterConfig(int partitions, short replication, List<String> initialTargets) {
    public ClusterConfig {
        initialTargets = List.copyOf(initialTargets);
    }
}
