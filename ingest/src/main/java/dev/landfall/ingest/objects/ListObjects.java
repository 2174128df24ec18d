package dev.landfall.ingest.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.writeback.ObjectInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/objects/{bucket}?prefix=&after=&limit=}: one page, sorted by the bytes of the names over all nodes. On the peer door
 * only this node's share of it.
 */
public record ListObjects(Objects objects, FanOut fanOut, boolean peerDoor) implements RouteTable.Endpoint {
    static final int MAX_PAGE = 1000;
    private static final Comparator<JsonNode> BY_NAME = Comparator.comparing(
            json -> json.path("name").asText().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    @Override
    public void handle(HttpCall call) {
        call.subject(call.path("bucket"));
        var bucket = new BucketName(call.path("bucket"));
        objects.places().view().bucket(bucket);
        String prefix = orEmpty(call.query("prefix"));
        String after = orEmpty(call.query("after"));
        int limit = limit(call.query("limit"), peerDoor ? MAX_PAGE + 1 : MAX_PAGE);
        ObjectNode page = Json.mapper().createObjectNode();
        ArrayNode shown = page.putArray("objects");
        if (peerDoor) {
            here(bucket, prefix, after, limit).forEach(shown::add);
        } else {
            List<JsonNode> found = all(call, bucket, prefix, after, limit + 1);
            found.stream().limit(limit).forEach(shown::add);
            if (found.size() > limit) {
                page.set("next", found.get(limit - 1).get("name"));
            }
        }
        call.reply(200, page);
    }

    /** Whether no node has a visible object of the bucket. */
    public boolean isEmpty(HttpCall call, BucketName bucket) {
        return all(call, bucket, "", "", 1).isEmpty();
    }

    private List<JsonNode> all(HttpCall call, BucketName bucket, String prefix, String after, int limit) {
        List<List<JsonNode>> shares = fanOut.each(
                objects.places().owners(),
                node -> node.id().equals(objects.places().me())
                        ? here(bucket, prefix, after, limit)
                        : there(call, node, bucket, prefix, after, limit));
        List<JsonNode> merged = new ArrayList<>();
        shares.forEach(merged::addAll);
        merged.sort(BY_NAME);
        return merged;
    }

    private List<JsonNode> here(BucketName bucket, String prefix, String after, int limit) {
        List<JsonNode> found = new ArrayList<>();
        for (ObjectInfo info : objects.local().list(bucket, prefix, after, limit)) {
            found.add(ObjectJson.of(info));
        }
        return found;
    }

    private List<JsonNode> there(
            HttpCall call, NodeInfo node, BucketName bucket, String prefix, String after, int limit) {
        String path = Remote.OBJECTS + bucket + "?prefix=" + Percent.encode(prefix) + "&after=" + Percent.encode(after)
                + "&limit=" + limit;
        try (PeerReply reply = objects.remote()
                .askNode(node, "GET", path, Map.of("X-Request-Id", call.requestId()), PeerClient.READ_SILENCE)) {
            if (!reply.ok()) {
                throw reply.error();
            }
            List<JsonNode> found = new ArrayList<>();
            Json.tree(reply.bytes()).path("objects").forEach(found::add);
            return found;
        }
    }

    private static int limit(@Nullable String text, int max) {
        if (text == null) {
            return MAX_PAGE;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= max) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "limit is a number from 1 to " + MAX_PAGE);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
