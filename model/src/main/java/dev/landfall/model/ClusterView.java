package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's state as one node last saw it: immutable.
 *
 * @param offset of the last record of the cluster log that is in it; -1 before the first
 * @param map null until the cluster has been created
 * @param coordinator the node that decides changes; null until there was one
 * @param keys of clients, by their ids
 */
public record ClusterView(
        long offset,
        @Nullable ClusterMap map,
        @Nullable String coordinator,
        Map<String, NodeInfo> nodes,
        Map<String, BucketSpec> buckets,
        Map<String, TopologyRecord> topologies,
        Map<String, JobSpec> jobs,
        Map<String, AccessKey> keys) {
    public static final ClusterView EMPTY = new ClusterView(-1, null, null, Map.of(), Map.of(), Map.of(), Map.of());

    /** Without keys. */
    public ClusterView(
            long offset,
            @Nullable ClusterMap map,
            @Nullable String coordinator,
            Map<String, NodeInfo> nodes,
            Map<String, BucketSpec> buckets,
            Map<String, TopologyRecord> topologies,
            Map<String, JobSpec> jobs) {
        this(offset, map, coordinator, nodes, buckets, topologies, jobs, Map.of());
    }

    @JsonCreator
    static ClusterView read(
            @JsonProperty("offset") long offset,
            @JsonProperty("map") @Nullable ClusterMap map,
            @JsonProperty("coordinator") @Nullable String coordinator,
            @JsonProperty("nodes") Map<String, NodeInfo> nodes,
            @JsonProperty("buckets") Map<String, BucketSpec> buckets,
            @JsonProperty("topologies") Map<String, TopologyRecord> topologies,
            @JsonProperty("jobs") Map<String, JobSpec> jobs,
            @JsonProperty("keys") @Nullable Map<String, AccessKey> keys) {
        return new ClusterView(
                offset, map, coordinator, nodes, buckets, topologies, jobs, keys == null ? Map.of() : keys);
    }

    public ClusterView {
        nodes = Map.copyOf(nodes);
        buckets = Map.copyOf(buckets);
        topologies = Map.copyOf(topologies);
        jobs = Map.copyOf(jobs);
        keys = Map.copyOf(keys);
    }

    /** @throws LandfallException {@link ErrorCode#NO_SUCH_BUCKET} */
    @JsonIgnore
    public BucketSpec bucket(BucketName name) {
        BucketSpec spec = buckets.get(name.value());
        if (spec == null) {
            throw new LandfallException(
                    ErrorCode.NO_SUCH_BUCKET, "The bucket " + name + " does not exist; create it first");
        }
        return spec;
    }

    /** @throws LandfallException {@link ErrorCode#CLUSTER_UNAVAILABLE} while the cluster has no map */
    @JsonIgnore
    public ClusterMap requireMap() {
        if (map == null) {
            throw new LandfallException(ErrorCode.CLUSTER_UNAVAILABLE, "The cluster is starting: it has no map yet");
        }
        return map;
    }
}
