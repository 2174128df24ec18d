package dev.landfall.placement;

import org.jspecify.annotations.Nullable;

/**
 * What the cluster is for good: written once, when it is created.
 *
 * @param format of the log's records; a log of a newer format is not read
 * @param partitions of every topic of the cluster
 */
record ClusterIdentity(int format, String clusterId, int partitions) {
    static final int FORMAT = 1;

    /**
     * Whether this node may follow a log.
     *
     * @param found the identity in the log; null when the cluster has not been created
     * @param known the identity that this node saw last; null when it is new
     * @throws ClusterRefusal saying why not
     */
    static void verify(@Nullable ClusterIdentity found, @Nullable ClusterIdentity known, int configuredPartitions) {
        if (found == null) {
            if (known != null) {
                throw new ClusterRefusal(
                        "The cluster log in Kafka is empty, but this node belongs to the cluster " + known.clusterId
                                + ": Kafka lost its data or bootstrap.servers names another Kafka. Restore Kafka's data, or start the node with"
                                + " an empty data directory");
            }
            return;
        }
        if (found.format > FORMAT) {
            throw new ClusterRefusal("The cluster log has format " + found.format
                    + ", this version of Landfall reads up to " + FORMAT + ": upgrade this node");
        }
        if (known != null && !known.clusterId.equals(found.clusterId)) {
            throw new ClusterRefusal("This node belongs to the cluster " + known.clusterId
                    + ", but the log in Kafka is that of " + found.clusterId
                    + ": correct bootstrap.servers or the topic prefix, or start with an empty data directory");
        }
        if (found.partitions != configuredPartitions) {
            throw new ClusterRefusal(
                    "The cluster was created with " + found.partitions + " partitions, this node is configured with "
                            + configuredPartitions + ": the number cannot change, set it to " + found.partitions);
        }
    }
}
