package dev.landfall.placement;

import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterMap.Ownership;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Rendezvous hashing with bounded load: every pair of node and partition has a score, the highest scores are served first, and every node
 * gets its even share, rounded down or up. The plan depends on the set of nodes only, and a node more or less moves few partitions.
 */
final class Rendezvous {
    private record Pair(String node, int partition, long score) {}

    private Rendezvous() {}

    /** The first map of a cluster. */
    static ClusterMap plan(Iterable<String> targets, int partitions) {
        var nodes = new TreeSet<String>();
        targets.forEach(nodes::add);
        List<Pair> pairs = new ArrayList<>();
        for (String node : nodes) {
            long seed = seed(node);
            for (int p = 0; p < partitions; p++) {
                pairs.add(new Pair(node, p, mix(seed ^ mix(p + 1))));
            }
        }
        pairs.sort(Comparator.comparingLong(Pair::score)
                .reversed()
                .thenComparing(Pair::partition)
                .thenComparing(Pair::node));

        int share = partitions / nodes.size();
        int above = partitions % nodes.size();
        Map<String, Integer> load = new HashMap<>();
        Ownership[] owners = new Ownership[partitions];
        for (Pair pair : pairs) {
            int has = load.getOrDefault(pair.node, 0);
            if (owners[pair.partition] == null && (has < share || has == share && above > 0)) {
                owners[pair.partition] = new Ownership(pair.node, 1);
                load.put(pair.node, has + 1);
                above -= has == share ? 1 : 0;
            }
        }
        return new ClusterMap(1, Arrays.asList(owners));
    }

    /** FNV-1a. */
    private static long seed(String node) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : node.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
