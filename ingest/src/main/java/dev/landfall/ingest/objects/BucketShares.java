package dev.landfall.ingest.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.targets.DirtyStats;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is asked of every node that may hold a share of a bucket: its dirty counts, and to be flushed. */
public record BucketShares(Objects objects, FanOut fanOut) {
    private static final String BUCKETS = "/node/v1/buckets/";

    /**
     * @param clean whether the node had nothing left that was still tried; parked objects do not count
     * @param reached false when the node did not answer
     */
    private record Share(String node, DirtyStats dirty, boolean clean, boolean reached) {}

    /** Counts over all nodes that answer, and the names of those that do not. */
    public ObjectNode stats(HttpCall call, BucketName bucket) {
        List<Share> shares = fanOut.each(objects.places().owners(), node -> {
            try {
                return isHere(node)
                        ? new Share(node.id(), objects.local().stats(bucket).dirty(), false, true)
                        : ask(call, node, "GET", BUCKETS + bucket + "/stats", PeerClient.READ_SILENCE);
            } catch (LandfallException e) {
                if (e.code() != ErrorCode.OWNER_UNAVAILABLE) {
                    throw e;
                }
                return new Share(node.id(), DirtyStats.NONE, false, false);
            }
        });
        ObjectNode json = Json.mapper().createObjectNode();
        json.set("dirty", ObjectJson.of(sum(shares)));
        var missing = json.putArray("unavailable");
        shares.stream().filter(share -> !share.reached()).forEach(share -> missing.add(share.node()));
        return json;
    }

    /**
     * Waits until nothing of the bucket waits for S3. {@code {"clean":true}} then; {@code {"clean":false}} with the counts when there
     * is still something at the timeout, or something is parked.
     *
     * @throws LandfallException {@code OWNER_UNAVAILABLE} when a node cannot be asked
     */
    public ObjectNode flush(HttpCall call, BucketName bucket, Duration timeout) {
        List<Share> shares = fanOut.each(
                objects.places().owners(),
                node -> isHere(node)
                        ? flushHere(bucket, timeout)
                        : ask(
                                call,
                                node,
                                "POST",
                                BUCKETS + bucket + "/flush?timeout=" + timeout.toMillis() + "ms",
                                timeout.plusSeconds(30)));
        DirtyStats left = sum(shares);
        boolean clean = shares.stream().allMatch(Share::clean) && left.parked() == 0;
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("clean", clean);
        json.set("dirty", ObjectJson.of(left));
        return json;
    }

    private Share flushHere(BucketName bucket, Duration timeout) {
        boolean clean = objects.local().flush(bucket, timeout);
        return new Share(objects.places().me(), objects.local().stats(bucket).dirty(), clean, true);
    }

    private boolean isHere(NodeInfo node) {
        return node.id().equals(objects.places().me());
    }

    private Share ask(HttpCall call, NodeInfo node, String method, String path, Duration silence) {
        try (PeerReply reply =
                objects.remote().askNode(node, method, path, Map.of("X-Request-Id", call.requestId()), silence)) {
            if (!reply.ok()) {
                throw reply.error();
            }
            JsonNode json = Json.tree(reply.bytes());
            return new Share(
                    node.id(),
                    ObjectJson.stats(json.path("dirty")),
                    json.path("clean").asBoolean(),
                    true);
        }
    }

    private static DirtyStats sum(List<Share> shares) {
        return shares.stream().map(Share::dirty).reduce(DirtyStats.NONE, ObjectJson::sum);
    }

    /** What this node answers to others. */
    public void addPeerRoutes(RouteTable routes) {
        routes.endpoint(
                "GET",
                BUCKETS + "{bucket}/stats",
                call -> reply(
                        call,
                        new Share(
                                "",
                                objects.local()
                                        .stats(new BucketName(call.path("bucket")))
                                        .dirty(),
                                false,
                                true)));
        routes.endpoint(
                "POST",
                BUCKETS + "{bucket}/flush",
                call -> reply(
                        call, flushHere(new BucketName(call.path("bucket")), Durations.parse(call.query("timeout")))));
    }

    private static void reply(HttpCall call, Share share) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("clean", share.clean());
        json.set("dirty", ObjectJson.of(share.dirty()));
        call.reply(200, json);
    }
}
