package dev.landfall.ingest.objects;

import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.ObjectKey;
import dev.landfall.placement.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Where keys live, by this node's view. */
public final class Places {
    /** Where one key lives. */
    public sealed interface Place {
        /** Here, as far as the map goes; the store may still refuse it. */
        record Here() implements Place {}

        /** At another node. */
        record There(NodeInfo node, Claim claim) implements Place {}
    }

    /**
     * What the caller of the node-to-node API believes of the key's partition.
     *
     * @param version of its map
     * @param epoch of the ownership
     */
    public record Claim(long version, int epoch) {}

    private final Cluster cluster;

    public Places(Cluster cluster) {
        this.cluster = cluster;
    }

    public ClusterView view() {
        return cluster.view();
    }

    public String me() {
        return cluster.nodeId();
    }

    /** @throws LandfallException {@code OWNER_UNAVAILABLE} when the owner has never been seen, {@code CLUSTER_UNAVAILABLE} */
    public Place of(ObjectKey key) {
        ClusterView view = cluster.view();
        ClusterMap map = view.requireMap();
        ClusterMap.Ownership owner = map.ownerOf(key);
        return owner.node().equals(me())
                ? new Place.Here()
                : new Place.There(node(view, owner.node()), new Claim(map.version(), owner.epoch()));
    }

    public boolean isHere(ObjectKey key) {
        ClusterMap map = cluster.view().map();
        return map != null && map.ownerOf(key).node().equals(me());
    }

    /** Checks what a peer believes. @throws LandfallException {@code NOT_OWNER} */
    public void requireHere(ObjectKey key, int epoch) {
        ClusterMap map = cluster.view().map();
        if (map == null
                || !map.ownerOf(key).node().equals(me())
                || map.ownerOf(key).epoch() != epoch) {
            throw LandfallException.of(ErrorCode.NOT_OWNER);
        }
    }

    /** All nodes that own something, this one too if it does; in the order of their ids. */
    public List<NodeInfo> owners() {
        ClusterView view = cluster.view();
        var ids = new TreeSet<String>();
        view.requireMap().owners().forEach(owner -> ids.add(owner.node()));
        List<NodeInfo> nodes = new ArrayList<>();
        for (String id : ids) {
            nodes.add(id.equals(me()) ? new NodeInfo(id, "", "", "") : node(view, id));
        }
        return nodes;
    }

    private static NodeInfo node(ClusterView view, String id) {
        NodeInfo node = view.nodes().get(id);
        if (node == null) {
            throw new LandfallException(
                    ErrorCode.OWNER_UNAVAILABLE,
                    "The node " + id + ", which owns a part of the bucket, has not joined the cluster; start it");
        }
        return node;
    }
}
