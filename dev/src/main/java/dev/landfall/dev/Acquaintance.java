package dev.landfall.dev;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.client.LandfallClient;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Waits until every node has heard where each of them listens now. A node that starts again serves at once from the view that it kept, in
 * which the others may still be at yesterday's ports; on one machine, where all of them start together, nobody should see that.
 */
final class Acquaintance {
    private static final Duration POLL = Duration.ofMillis(20);

    private Acquaintance() {}

    /** @throws IllegalStateException at the timeout */
    static void await(Collection<RunningNode> nodes, Duration timeout, TimeSource time) {
        Map<String, URI> peers = new HashMap<>();
        nodes.forEach(node -> peers.put(node.id(), node.peer()));
        long end = time.nanos() + timeout.toNanos();
        for (RunningNode node : nodes) {
            try (LandfallClient client = LandfallClient.to(node.http())) {
                while (!knows(client, peers)) {
                    if (time.nanos() - end >= 0) {
                        throw new IllegalStateException("The node " + node.id() + " has not heard of the others after "
                                + timeout.toSeconds() + " s; see the log for what keeps it from reading Kafka");
                    }
                    time.sleep(POLL);
                }
            }
        }
    }

    private static boolean knows(LandfallClient client, Map<String, URI> peers) {
        Map<String, URI> seen = new HashMap<>();
        try {
            for (JsonNode node : client.cluster().path("nodes")) {
                seen.put(node.path("id").asText(), URI.create(node.path("peer").asText()));
            }
        } catch (LandfallException e) {
            return false;
        }
        return seen.entrySet().containsAll(peers.entrySet());
    }
}
