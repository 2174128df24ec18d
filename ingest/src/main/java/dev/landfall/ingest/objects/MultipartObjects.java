package dev.landfall.ingest.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.BucketName;
import dev.landfall.model.Json;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.CompletedPart;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Multipart uploads, at the owner of their key, wherever that is. */
public record MultipartObjects(Objects objects, FanOut fanOut) {
    static final String UPLOADS = "/node/v1/uploads/";
    /** Names of the checksums to keep with a part, between nodes. */
    static final String CHECKSUMS = "Landfall-Checksums";

    /** What this node answers to others. */
    public static void addPeerRoutes(RouteTable routes, Objects objects) {
        LocalParts.addPeerRoutes(routes, objects);
    }

    /** Begins an upload of the object that the request describes; its id. */
    public String create(HttpCall call, ObjectKey key, PutRequest request) {
        return switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> LocalParts.create(objects, key, request);
            case Places.Place.There there ->
                json(call, key, there, "PUT", "?create", ObjectHeaders.toPeer(request), null)
                        .path("id")
                        .asText();
        };
    }

    /**
     * Makes the call's body a part.
     *
     * @param etag of the part; null for one of its own
     * @param checksums names of those to be kept with the part
     * @return its ETag
     */
    public String part(
            HttpCall call, ObjectKey key, String upload, int number, @Nullable String etag, List<String> checksums) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (etag != null) {
            headers.put(ObjectHeaders.ETAG, etag);
        }
        if (!checksums.isEmpty()) {
            headers.put(CHECKSUMS, String.join(",", checksums));
        }
        return switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> LocalParts.part(objects, call, key, upload, number, etag, checksums, false);
            case Places.Place.There there ->
                json(
                                call,
                                key,
                                there,
                                "PUT",
                                "?uploadId=" + Percent.encode(upload) + "&partNumber=" + number,
                                headers,
                                CallBody.of(call, call.body().length()))
                        .path("etag")
                        .asText();
        };
    }

    /** Makes the object land, of exactly these parts. */
    public PutOutcome complete(
            HttpCall call, ObjectKey key, String upload, List<CompletedPart> parts, Condition condition) {
        return switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> LocalParts.complete(objects, key, upload, parts, condition);
            case Places.Place.There there -> {
                Map<String, String> headers =
                        ObjectHeaders.toPeer(PutRequest.ofLength(0).withCondition(condition));
                headers.put("X-Request-Id", call.requestId());
                PeerBody body = PeerBody.of(Json.write(parts));
                try (PeerReply reply = objects.remote()
                        .ask(
                                key,
                                there,
                                "PUT",
                                path(key, "?complete&uploadId=" + Percent.encode(upload)),
                                headers,
                                body)) {
                    yield Remote.outcome(key, reply);
                }
            }
        };
    }

    public void abort(HttpCall call, ObjectKey key, String upload) {
        switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> objects.local().uploads().abort(key, upload);
            case Places.Place.There there ->
                json(call, key, there, "DELETE", "?uploadId=" + Percent.encode(upload), Map.of(), null);
        }
    }

    /** The parts after a number: {@code number}, {@code etag}, {@code size}, {@code modified} and {@code checksums} of each. */
    public List<JsonNode> parts(HttpCall call, ObjectKey key, String upload, int after, int limit) {
        return switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> list(LocalParts.parts(objects, key, upload, after, limit));
            case Places.Place.There there ->
                list(json(
                                call,
                                key,
                                there,
                                "GET",
                                "?uploadId=" + Percent.encode(upload) + "&after=" + after + "&limit=" + limit,
                                Map.of(),
                                null)
                        .path("parts"));
        };
    }

    /** Open uploads, sorted by name and age: {@code name}, {@code id} and {@code initiated} of each. */
    public List<JsonNode> uploads(
            HttpCall call, BucketName bucket, String prefix, String afterName, @Nullable String afterId, int limit) {
        Function<NodeInfo, List<JsonNode>> share =
                node -> node.id().equals(objects.places().me())
                        ? list(LocalParts.uploads(objects, bucket, prefix, afterName, afterId, limit))
                        : there(call, node, bucket, prefix, afterName, afterId, limit);
        List<JsonNode> all = new ArrayList<>();
        fanOut.each(objects.places().owners(), share).forEach(all::addAll);
        all.sort(Comparator.comparing((JsonNode each) ->
                        ObjectKey.of(bucket.value(), each.path("name").asText()))
                .thenComparing(each -> each.path("id").asText()));
        return all.subList(0, Math.min(limit, all.size()));
    }

    private List<JsonNode> there(
            HttpCall call,
            NodeInfo node,
            BucketName bucket,
            String prefix,
            String afterName,
            @Nullable String afterId,
            int limit) {
        String path = UPLOADS + bucket + "?prefix=" + Percent.encode(prefix) + "&after=" + Percent.encode(afterName)
                + (afterId == null ? "" : "&afterId=" + Percent.encode(afterId)) + "&limit=" + limit;
        try (PeerReply reply = objects.remote()
                .askNode(node, "GET", path, Map.of("X-Request-Id", call.requestId()), PeerClient.READ_SILENCE)) {
            if (!reply.ok()) {
                throw reply.error();
            }
            return list(Json.tree(reply.bytes()).path("uploads"));
        }
    }

    private JsonNode json(
            HttpCall call,
            ObjectKey key,
            Places.Place.There there,
            String method,
            String query,
            Map<String, String> headers,
            @Nullable PeerBody body) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("X-Request-Id", call.requestId());
        try (PeerReply reply = objects.remote().ask(key, there, method, path(key, query), all, body)) {
            if (!reply.ok()) {
                call.reported();
                throw reply.error();
            }
            byte[] bytes = reply.bytes();
            ObjectNode none = Json.mapper().createObjectNode();
            return bytes.length == 0 ? none : Json.tree(bytes);
        }
    }

    private static String path(ObjectKey key, String query) {
        return UPLOADS + key.bucket() + "/" + Percent.encode(key.name()) + query;
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> list = new ArrayList<>();
        ((ArrayNode) array).forEach(list::add);
        return list;
    }
}
