package dev.landfall.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.objects.FanOut;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.placement.Cluster;
import dev.landfall.targets.Mountpaths;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * {@code /api/v1/mountpaths}: GET lists those of all nodes; {@code POST ?node=&path=} adds one, {@code DELETE ?node=&path=} drains one. Any node
 * answers for the others.
 */
public record MountpathRoutes(Cluster cluster, Mountpaths mountpaths, PeerClient peers, FanOut fanOut) {
    private static final String FRONT = "/api/v1/mountpaths";
    private static final String PEER = "/node/v1/mountpaths";

    public void addTo(RouteTable front, RouteTable peer) {
        front.endpoint("GET", FRONT, this::list);
        front.endpoint("POST", FRONT, call -> change(call, "POST"));
        front.endpoint("DELETE", FRONT, call -> change(call, "DELETE"));
        peer.endpoint("GET", PEER, call -> call.reply(200, here()));
        peer.endpoint("POST", PEER, call -> changeHere(call, "POST"));
        peer.endpoint("DELETE", PEER, call -> changeHere(call, "DELETE"));
    }

    private void list(HttpCall call) {
        List<NodeInfo> nodes = new ArrayList<>(cluster.view().nodes().values());
        nodes.sort(Comparator.comparing(NodeInfo::id));
        List<ObjectNode> answers = fanOut.each(nodes, node -> one(call, node));
        ObjectNode json = Json.mapper().createObjectNode();
        json.putArray("nodes").addAll(answers);
        call.reply(200, json);
    }

    private ObjectNode one(HttpCall call, NodeInfo node) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("node", node.id());
        try {
            json.set("mountpaths", isHere(node.id()) ? here() : ask(call, node, "GET", PEER));
        } catch (LandfallException e) {
            json.put("unavailable", e.getMessage());
        }
        return json;
    }

    private JsonNode here() {
        return Json.mapper().valueToTree(mountpaths.list());
    }

    private void change(HttpCall call, String method) {
        String id = required(call, "node");
        String path = required(call, "path");
        if (isHere(id)) {
            changeHere(call, method);
            return;
        }
        NodeInfo node = cluster.view().nodes().get(id);
        if (node == null) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "There is no node " + id + " in the cluster");
        }
        String query =
                "?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20");
        call.reply(202, ask(call, node, method, PEER + query));
    }

    private void changeHere(HttpCall call, String method) {
        Path path = path(required(call, "path"));
        if (method.equals("POST")) {
            mountpaths.add(path);
        } else {
            mountpaths.drain(path);
        }
        call.reply(202, here());
    }

    private JsonNode ask(HttpCall call, NodeInfo node, String method, String path) {
        try (PeerReply reply = peers.send(
                node, method, path, Map.of("X-Request-Id", call.requestId()), null, true, PeerClient.READ_SILENCE)) {
            if (!reply.ok()) {
                throw reply.error();
            }
            return Json.tree(reply.bytes());
        }
    }

    private boolean isHere(String node) {
        return node.equals(cluster.nodeId());
    }

    private static String required(HttpCall call, String name) {
        String value = call.query(name);
        if (value == null || value.isEmpty()) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "The parameter \"" + name + "\" is missing");
        }
        return value;
    }

    private static Path path(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "\"path\" is not a path: " + e.getReason(), e);
        }
        throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "\"path\" must be absolute, as the node sees it");
    }
}
