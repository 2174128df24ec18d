package dev.landfall.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which partition, as a node last told.
 *
 * @param byPartition front doors, null where the owner is not known
 * @param nodes every known front door
 */
record Owners(List<@Nullable URI> byPartition, List<URI> nodes) {
    static Owners parse(JsonNode cluster) {
        Map<String, URI> doors = new HashMap<>();
        for (JsonNode node : cluster.path("nodes")) {
            String http = node.path("http").asText("");
            if (!http.isEmpty()) {
                doors.put(node.path("id").asText(), URI.create(http));
            }
        }
        List<@Nullable URI> owners = new ArrayList<>();
        for (JsonNode owner : cluster.path("map").path("owners")) {
            owners.add(doors.get(owner.path("node").asText()));
        }
        return new Owners(owners, List.copyOf(doors.values()));
    }

    /** Where to try, best first: the owner, then the servers this client was given, then every other node. */
    List<URI> candidates(@Nullable ObjectKey key, List<URI> seeds) {
        Set<URI> doors = new LinkedHashSet<>();
        URI owner =
                key == null || byPartition.isEmpty() ? null : byPartition.get(Partitions.of(key, byPartition.size()));
        if (owner != null) {
            doors.add(owner);
        }
        doors.addAll(seeds);
        doors.addAll(nodes);
        return List.copyOf(doors);
    }
}
