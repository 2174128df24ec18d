package dev.landfall.placement;

import dev.landfall.model.AccessKey;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.TopologyRecord;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of the log folded into a state. Every node that folds the same records gets the same state: a key of a newer version is
 * passed over, and so is a value that nobody can read. For one thread.
 */
final class LogState {
    private static final Logger LOG = LoggerFactory.getLogger(LogState.class);

    private long offset = -1;
    private @Nullable ClusterIdentity cluster;
    private @Nullable ClusterMap map;
    private @Nullable String coordinator;
    private final Map<String, NodeInfo> nodes = new HashMap<>();
    private final Map<String, BucketSpec> buckets = new HashMap<>();
    private final Map<String, TopologyRecord> topologies = new HashMap<>();
    private final Map<String, JobSpec> jobs = new HashMap<>();
    private final Map<String, AccessKey> keys = new HashMap<>();

    long offset() {
        return offset;
    }

    Snapshot snapshot() {
        return new Snapshot(cluster, new ClusterView(offset, map, coordinator, nodes, buckets, topologies, jobs, keys));
    }

    void apply(Change change, long at) {
        try {
            fold(change.key(), change.value());
        } catch (UncheckedIOException e) {
            LOG.error(
                    "Passed over the record {} at offset {} of the cluster log: its value is not readable",
                    change.key(),
                    at,
                    e);
        }
        offset = at;
    }

    private void fold(String key, byte @Nullable [] value) {
        switch (key) {
            case Change.CLUSTER -> cluster = value == null ? null : Json.read(value, ClusterIdentity.class);
            case Change.MAP -> map = value == null ? null : Json.read(value, ClusterMap.class);
            case Change.COORDINATOR ->
                coordinator = value == null
                        ? null
                        : Json.read(value, Change.CoordinatorRecord.class).node();
            default -> {
                boolean known = fold(key, value, Change.NODE, nodes, NodeInfo.class)
                        || fold(key, value, Change.BUCKET, buckets, BucketSpec.class)
                        || fold(key, value, Change.TOPOLOGY, topologies, TopologyRecord.class)
                        || fold(key, value, Change.JOB, jobs, JobSpec.class)
                        || fold(key, value, Change.KEY, keys, AccessKey.class);
                if (!known) {
                    LOG.debug("Passed over the unknown key {} in the cluster log", key);
                }
            }
        }
    }

    private static <T> boolean fold(
            String key, byte @Nullable [] value, String prefix, Map<String, T> into, Class<T> type) {
        if (!key.startsWith(prefix)) {
            return false;
        }
        String name = key.substring(prefix.length());
        if (value == null) {
            into.remove(name);
        } else {
            into.put(name, Json.read(value, type));
        }
        return true;
    }
}
