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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/objects/{bucket}?prefix=&delimiter=&after=&limit=}: one page, sorted by the bytes of the names over all nodes. On the
 * peer door only this node's share of it.
 */
public record ListObjects(Objects objects, FanOut fanOut, boolean peerDoor) implements RouteTable.Endpoint {
    /** The most entries of a page. */
    public static final int MAX_PAGE = 1000;

    @Override
    public void handle(HttpCall call) {
        call.subject(call.path("bucket"));
        var bucket = new BucketName(call.path("bucket"));
        objects.places().view().bucket(bucket);
        int limit = limit(call.query("limit"), peerDoor ? MAX_PAGE + 1 : MAX_PAGE);
        var query = new Page.Query(
                bucket,
                orEmpty(call.query("prefix")),
                orEmpty(call.query("delimiter")),
                orEmpty(call.query("after")),
                limit);
        ObjectNode page = Json.mapper().createObjectNode();
        if (peerDoor) {
            show(page, Page.here(objects.local(), query));
        } else {
            List<Page.Entry> found = page(call, query, limit + 1);
            show(page, found.subList(0, Math.min(limit, found.size())));
            if (found.size() > limit) {
                page.put("next", found.get(limit - 1).name());
            }
        }
        call.reply(200, page);
    }

    private static void show(ObjectNode page, List<Page.Entry> entries) {
        ArrayNode shown = page.putArray("objects");
        ArrayNode prefixes = page.putArray("prefixes");
        for (Page.Entry entry : entries) {
            if (entry.object() == null) {
                prefixes.add(entry.name());
            } else {
                shown.add(entry.object());
            }
        }
    }

    /** Whether no node has a visible object of the bucket. */
    public boolean isEmpty(HttpCall call, BucketName bucket) {
        return page(call, new Page.Query(bucket, "", "", "", 1), 1).isEmpty();
    }

    /** The first entries of the bucket over all nodes, whatever the query's own limit is. */
    public List<Page.Entry> page(HttpCall call, Page.Query query, int limit) {
        var limited = new Page.Query(query.bucket(), query.prefix(), query.delimiter(), query.after(), limit);
        List<Page.Entry> merged = Page.merge(fanOut.each(
                objects.places().owners(),
                node -> node.id().equals(objects.places().me())
                        ? Page.here(objects.local(), limited)
                        : there(call, node, limited)));
        return merged.subList(0, Math.min(limit, merged.size()));
    }

    private List<Page.Entry> there(HttpCall call, NodeInfo node, Page.Query query) {
        String path = Remote.OBJECTS + query.bucket() + "?prefix=" + Percent.encode(query.prefix()) + "&delimiter="
                + Percent.encode(query.delimiter()) + "&after=" + Percent.encode(query.after()) + "&limit="
                + query.limit();
        try (PeerReply reply = objects.remote()
                .askNode(node, "GET", path, Map.of("X-Request-Id", call.requestId()), PeerClient.READ_SILENCE)) {
            if (!reply.ok()) {
                throw reply.error();
            }
            JsonNode json = Json.tree(reply.bytes());
            List<Page.Entry> found = new ArrayList<>();
            json.path("objects")
                    .forEach(each -> found.add(new Page.Entry(each.path("name").asText(), each)));
            json.path("prefixes").forEach(each -> found.add(new Page.Entry(each.asText(), null)));
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
