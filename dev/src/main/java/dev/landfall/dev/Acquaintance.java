package dev.landfall.dev;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.client.Credentials;
import dev.landfall.client.LandfallClient;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Waits until every node knows where every other one is now. A node that starts again serves from its last view at once, in which the
 * others may still be where they were before.
 */
final class Acquaintance {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final LandfallClient.Options ONE_NODE =
            new LandfallClient.Options(Duration.ofSeconds(2), Duration.ofSeconds(5), 2, false);

    private Acquaintance() {}

    /** @throws IllegalStateException at the timeout */
    static void await(Collection<RunningNode> nodes, Duration timeout, DevKeys keys) {
        var options = ONE_NODE.with(new Credentials(keys.accessKey(), keys.secretKey()));
        TimeSource time = TimeSource.system();
        long end = time.nanos() + timeout.toNanos();
        Map<String, String> addresses = new HashMap<>();
        nodes.forEach(node -> addresses.put(node.id(), node.http() + " " + node.peer()));
        for (RunningNode node : nodes) {
            try (var client = LandfallClient.to(List.of(node.http()), options)) {
                while (!knows(client, addresses)) {
                    if (time.nanos() - end >= 0) {
                        throw new IllegalStateException("The node " + node.id()
                                + " has not found the other nodes within " + timeout.toSeconds() + " s");
                    }
                    time.sleep(PAUSE);
                }
            }
        }
    }

    private static boolean knows(LandfallClient client, Map<String, String> addresses) {
        Map<String, String> seen = new HashMap<>();
        try {
            for (JsonNode node : client.cluster().path("nodes")) {
                seen.put(
                        node.path("id").asText(),
                        node.path("http").asText() + " " + node.path("peer").asText());
            }
        } catch (LandfallException e) {
            return false;
        }
        return seen.entrySet().containsAll(addresses.entrySet());
    }
}
