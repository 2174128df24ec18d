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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What is asked of every node that may hold a share of a bucket: its dirty counts, and to be flushed. */
public record BucketShares(Objects objects, FanOut fanOut) {
    private static final String BUCKETS = "/node/v1/buckets/";
    private static final int MOST_NAMED = 10;

    /**
     * @param clean whether the node had nothing left that was still tried; parked objects do not count
     * @param parked names and reasons of a few of the parked objects
     * @param reached false when the node did not answer
     */
    private record Share(String node, DirtyStats dirty, List<Parked> parked, boolean clean, boolean reached) {}

    private record Parked(String name, String reason) {}

    /** Counts over all nodes that answer, a few of the parked objects with the reasons, and the names of the nodes that do not answer. */
    public ObjectNode stats(HttpCall call, BucketName bucket) {
        List<Share> shares = fanOut.each(objects.places().owners(), node -> {
            try {
                return isHere(node)
                        ? here(bucket, false)
                        : ask(call, node, "GET", BUCKETS + bucket + "/stats", PeerClient.READ_SILENCE);
            } catch (LandfallException e) {
                if (e.code() != ErrorCode.OWNER_UNAVAILABLE) {
                    throw e;
                }
                return new Share(node.id(), DirtyStats.NONE, List.of(), false, false);
            }
        });
        ObjectNode json = Json.mapper().createObjectNode();
        json.set("dirty", ObjectJson.of(sum(shares)));
        putParked(json, shares);
        var missing = json.putArray("unavailable");
        shares.stream().filter(share -> !share.reached()).forEach(share -> missing.add(share.node()));
        return json;
    }

    /**
     * Waits until nothing of the bucket waits for S3. {@code {"clean":true}} then; {@code {"clean":false}} with the counts when there
     * is still something at the timeout, or something is parked: that is not waited for, and a few of it are named with the reasons.
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
        putParked(json, shares);
        return json;
    }

    private Share flushHere(BucketName bucket, Duration timeout) {
        boolean clean = objects.local().flush(bucket, timeout);
        return here(bucket, clean);
    }

    private Share here(BucketName bucket, boolean clean) {
        List<Parked> parked = objects.local().parked(bucket, MOST_NAMED).stream()
                .map(info -> new Parked(info.key().name(), String.valueOf(ObjectHeaders.headerText(info.parked()))))
                .toList();
        return new Share(objects.places().me(), objects.local().stats(bucket).dirty(), parked, clean, true);
    }

    private static void putParked(ObjectNode json, List<Share> shares) {
        List<Parked> few = shares.stream()
                .flatMap(share -> share.parked().stream())
                .sorted(Comparator.comparing(Parked::name))
                .limit(MOST_NAMED)
                .toList();
        if (!few.isEmpty()) {
            json.set("parked", Json.mapper().valueToTree(few));
        }
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
                    parked(json.path("parked")),
                    json.path("clean").asBoolean(),
                    true);
        }
    }

    private static List<Parked> parked(JsonNode json) {
        var list = new ArrayList<Parked>();
        json.forEach(one -> list.add(
                new Parked(one.path("name").asText(), one.path("reason").asText())));
        return list;
    }

    private static DirtyStats sum(List<Share> shares) {
        return shares.stream().map(Share::dirty).reduce(DirtyStats.NONE, ObjectJson::sum);
    }

    /** What this node answers to others. */
    public void addPeerRoutes(RouteTable routes) {
        routes.endpoint(
                "GET",
                BUCKETS + "{bucket}/stats",
                call -> reply(call, here(new BucketName(call.path("bucket")), false)));
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
        putParked(json, List.of(share));
        call.reply(200, json);
    }
}
