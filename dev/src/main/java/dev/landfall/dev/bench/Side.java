package dev.landfall.dev.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server that requests are sent to: Landfall, or one of the {@link Limits}.
 *
 * @param prefix of the path of an object
 * @param doors every server
 * @param owners the server to ask, by partition; empty to ask all in turn
 * @param events where the events of its PUTs can be counted; null for a limit, which has none
 * @param sameProcess whether its CPU time is this process's
 */
record Side(
        String name,
        String prefix,
        @Nullable BucketName bucket,
        List<URI> doors,
        List<URI> owners,
        @Nullable Events events,
        boolean sameProcess) {
    static Side limit(String name, Limits server) {
        return new Side(name, "/", null, List.of(server.url()), List.of(), null, true);
    }

    /**
     * @param cluster what {@code /api/v1/cluster} answers
     * @param direct whether each request goes to the owner of its key
     * @throws IllegalStateException when the cluster does not say where its events go
     */
    static Side landfall(BucketName bucket, JsonNode cluster, boolean direct, boolean sameProcess) {
        Map<String, URI> byNode = new LinkedHashMap<>();
        for (JsonNode node : cluster.path("nodes")) {
            byNode.put(node.path("id").asText(), URI.create(node.path("http").asText()));
        }
        List<URI> owners = new ArrayList<>();
        if (direct) {
            for (JsonNode owner : cluster.path("map").path("owners")) {
                URI door = byNode.get(owner.path("node").asText());
                if (door == null) {
                    throw new IllegalStateException(
                            "The node " + owner.path("node").asText()
                                    + " owns a partition and is not there; start it, or use --via-any");
                }
                owners.add(door);
            }
        }
        String bootstrap = cluster.path("kafka").path("bootstrap").asText("");
        String topic = cluster.path("kafka").path("objects").asText("");
        if (bootstrap.isEmpty() || topic.isEmpty()) {
            throw new IllegalStateException(
                    "The cluster does not say where its events go; without events nothing is measured");
        }
        List<URI> doors = List.copyOf(byNode.values());
        return new Side(
                "landfall",
                "/api/v1/objects/" + bucket + "/",
                bucket,
                doors,
                List.copyOf(owners),
                new Events(bootstrap, topic, doors),
                sameProcess);
    }

    /** The connections of one worker: one to each server, made in advance. */
    final class Connections implements AutoCloseable {
        private final Map<URI, HttpConnection> open = new HashMap<>();
        private int turn;

        Connections() throws IOException {
            for (URI door : doors) {
                open.put(door, HttpConnection.to(door));
            }
        }

        HttpConnection of(String object) {
            return owners.isEmpty() || bucket == null
                    ? any()
                    : connection(owners.get(Partitions.of(new ObjectKey(bucket, object), owners.size())));
        }

        HttpConnection any() {
            return connection(doors.get(turn++ % doors.size()));
        }

        private HttpConnection connection(URI door) {
            HttpConnection connection = open.get(door);
            if (connection == null) {
                throw new IllegalStateException("There is no connection to " + door);
            }
            return connection;
        }

        @Override
        public void close() {
            open.values().forEach(HttpConnection::close);
        }
    }

    Connections connect() throws IOException {
        return new Connections();
    }
}
