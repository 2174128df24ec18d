package dev.landfall.ingest.cluster;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.objects.FanOut;
import dev.landfall.ingest.objects.ViewWatch;
import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.placement.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Brings commands to the coordinator, wherever it is, and waits until this node sees the result. */
public final class Decisions {
    static final String PATH = "/node/v1/commands";
    private static final int MAX_COMMAND_BYTES = 4 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration FOR_A_COORDINATOR = Duration.ofSeconds(3);
    private static final String SEEN = "/node/v1/seen";
    private static final Duration FOR_THE_OTHERS = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final PeerClient peers;
    private final ViewWatch watch;

    public Decisions(Cluster cluster, PeerClient peers, ViewWatch watch) {
        this.cluster = cluster;
        this.peers = peers;
        this.watch = watch;
    }

    /** @throws LandfallException with the code of the refusal, or {@code CLUSTER_UNAVAILABLE} */
    public void submit(ClusterCommand command) {
        String first = coordinator();
        boolean own = cluster.isCoordinator();
        NodeInfo address = cluster.view().nodes().get(first);
        try {
            submitTo(first, command);
        } catch (LandfallException e) {
            // It may have stepped down a moment ago, or not have said where it is now: then there will soon be news of
            // it.
            boolean changed = e.code() == ErrorCode.CLUSTER_UNAVAILABLE
                    && watch.await(
                            view -> !own && cluster.isCoordinator()
                                    || isOther(view.coordinator(), first)
                                    || !Objects.equals(view.nodes().get(first), address),
                            FOR_A_COORDINATOR);
            if (!changed) {
                throw e;
            }
            submitTo(coordinator(), command);
        }
    }

    private static boolean isOther(@Nullable String node, String first) {
        return node != null && !node.equals(first);
    }

    private String coordinator() {
        if (cluster.isCoordinator()) {
            return cluster.nodeId();
        }
        watch.await(view -> cluster.isCoordinator() || view.coordinator() != null, FOR_A_COORDINATOR);
        String node =
                cluster.isCoordinator() ? cluster.nodeId() : cluster.view().coordinator();
        if (node == null) {
            throw unavailable("The cluster has no coordinator at the moment; try again when Kafka is back", null);
        }
        return node;
    }

    private void submitTo(String node, ClusterCommand command) {
        if (node.equals(cluster.nodeId())) {
            cluster.decide(command);
            return;
        }
        NodeInfo info = cluster.view().nodes().get(node);
        if (info == null) {
            throw unavailable("The coordinator " + node + " has not joined yet; try again in a moment", null);
        }
        long offset = ask(info, command);
        if (!watch.await(view -> view.offset() >= offset, PATIENCE)) {
            throw unavailable(
                    "The change is decided, but this node does not see it yet because it cannot reach Kafka", null);
        }
    }

    private long ask(NodeInfo node, ClusterCommand command) {
        byte[] json = Json.write(command);
        try (PeerReply reply = peers.send(
                node,
                "POST",
                PATH,
                Map.of("Content-Type", "application/json"),
                PeerBody.of(json),
                false,
                Duration.ofSeconds(30))) {
            if (!reply.ok()) {
                throw reply.error();
            }
            return Json.tree(reply.bytes()).path("offset").asLong();
        } catch (LandfallException e) {
            throw e.code() == ErrorCode.OWNER_UNAVAILABLE
                    ? unavailable(
                            "The coordinator " + node.id()
                                    + " cannot be reached; try again when it or another one is there",
                            e)
                    : e;
        }
    }

    /**
     * As {@link #submit}, and then gives every node that can be reached a moment to see it too: so that whoever made a bucket may use it
     * through any node at once.
     */
    public void submitForAll(ClusterCommand command, FanOut fanOut) {
        submit(command);
        ClusterView view = cluster.view();
        List<NodeInfo> others = view.nodes().values().stream()
                .filter(node -> !node.id().equals(cluster.nodeId()))
                .toList();
        fanOut.each(others, node -> sees(node, view.offset()));
    }

    private boolean sees(NodeInfo node, long offset) {
        try (PeerReply reply = peers.send(
                node, "GET", SEEN + "?offset=" + offset, Map.of(), null, true, FOR_THE_OTHERS.plusSeconds(1))) {
            return reply.ok();
        } catch (LandfallException e) {
            return false; // it is down, or cut off: it will see it when it is back
        }
    }

    /** What this node does for the others. */
    public void addPeerRoutes(RouteTable routes) {
        routes.endpoint("POST", PATH, this::decide);
        routes.endpoint("GET", SEEN, call -> {
            long offset = Long.parseLong(String.valueOf(call.query("offset")));
            boolean seen = watch.await(view -> view.offset() >= offset, FOR_THE_OTHERS);
            call.reply(200, Map.of("seen", seen));
        });
    }

    private void decide(HttpCall call) {
        ClusterCommand command = Json.strict(call.body(MAX_COMMAND_BYTES), ClusterCommand.class);
        cluster.decide(command);
        ClusterView view = cluster.view();
        call.reply(200, Map.of("offset", view.offset()));
    }

    private static LandfallException unavailable(String why, @Nullable Throwable cause) {
        return new LandfallException(ErrorCode.CLUSTER_UNAVAILABLE, why, cause);
    }
}
