package dev.landfall.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Where a key belongs, by Kafka's own hash and the map that the server shows. */
final class Keys {
    private Keys() {}

    static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** @param cluster {@code GET /api/v1/cluster} */
    static int partitions(JsonNode cluster) {
        return cluster.path("map").path("owners").size();
    }

    /** The id of the node that owns a partition. */
    static String owner(JsonNode cluster, int partition) {
        return cluster.path("map").path("owners").path(partition).path("node").asText();
    }
}
