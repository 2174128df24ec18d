package dev.landfall.ingest.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.cluster.Decisions;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.objects.BucketShares;
import dev.landfall.ingest.objects.Durations;
import dev.landfall.ingest.objects.FanOut;
import dev.landfall.ingest.objects.ListObjects;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackSpec;
import dev.landfall.placement.Cluster;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code /api/v1/buckets}.
 *
 * @param remotes names of the remote endpoints that this node knows
 */
public record BucketRoutes(
        Cluster cluster,
        Decisions decisions,
        FanOut fanOut,
        BucketShares shares,
        ListObjects objects,
        Set<String> remotes,
        TimeSource time) {
    private static final int MAX_SPEC_BYTES = 64 << 10;

    public void addTo(RouteTable routes) {
        routes.endpoint("GET", "/api/v1/buckets", this::list);
        routes.endpoint("PUT", "/api/v1/buckets/{bucket}", this::create);
        routes.endpoint("GET", "/api/v1/buckets/{bucket}", this::show);
        routes.endpoint("DELETE", "/api/v1/buckets/{bucket}", this::delete);
        routes.endpoint("POST", "/api/v1/buckets/{bucket}/flush", this::flush);
    }

    private void list(HttpCall call) {
        ObjectNode json = Json.mapper().createObjectNode();
        var array = json.putArray("buckets");
        new TreeMap<>(cluster.view().buckets()).forEach((name, spec) -> array.add(json(name, spec)));
        call.reply(200, json);
    }

    private void create(HttpCall call) {
        BucketName name = name(call);
        byte[] body = call.body(MAX_SPEC_BYTES);
        BucketSpec spec = body.length == 0 ? BucketSpec.local() : Json.strict(body, BucketSpec.class);
        WritebackSpec writeback = spec.writeback();
        String endpoint = writeback == null ? null : writeback.endpoint();
        if (endpoint != null && !remotes.contains(endpoint)) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "There is no remote endpoint \"" + endpoint + "\" in the nodes' configuration; known are "
                            + remotes);
        }
        if (spec.created() != null) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "created is set by the server; leave it out");
        }
        create(name, spec);
        call.reply(200, json(name.value(), spec));
    }

    /** @throws LandfallException {@code BUCKET_EXISTS}, {@code REMOTE_OVERLAP}, {@code CLUSTER_UNAVAILABLE} */
    public void create(BucketName name, BucketSpec spec) {
        decisions.submitForAll(new ClusterCommand.CreateBucket(name, spec.createdAt(time.now())), fanOut);
    }

    private void show(HttpCall call) {
        BucketName name = name(call);
        ObjectNode json = json(name.value(), cluster.view().bucket(name));
        json.setAll(shares.stats(call, name));
        call.reply(200, json);
    }

    private void delete(HttpCall call) {
        remove(call, name(call));
        call.replyHead(204, -1, Map.of());
    }

    /** @throws LandfallException {@code NO_SUCH_BUCKET}, {@code BUCKET_NOT_EMPTY}, {@code CLUSTER_UNAVAILABLE} */
    public void remove(HttpCall call, BucketName name) {
        cluster.view().bucket(name);
        ObjectNode stats = shares.stats(call, name);
        if (!objects.isEmpty(call, name)) {
            throw new LandfallException(
                    ErrorCode.BUCKET_NOT_EMPTY, "The bucket " + name + " is not empty; delete its objects first");
        }
        if (stats.path("dirty").path("objects").asLong() > 0) {
            throw new LandfallException(
                    ErrorCode.BUCKET_NOT_EMPTY,
                    "Changes of the bucket " + name + " are still on their way to S3; flush it first");
        }
        decisions.submitForAll(new ClusterCommand.DeleteBucket(name), fanOut);
    }

    private void flush(HttpCall call) {
        BucketName name = name(call);
        var timeout = Durations.parse(call.query("timeout"));
        cluster.view().bucket(name);
        call.reply(200, shares.flush(call, name, timeout));
    }

    private static BucketName name(HttpCall call) {
        call.subject(call.path("bucket"));
        return new BucketName(call.path("bucket"));
    }

    private static ObjectNode json(String name, BucketSpec spec) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("name", name);
        json.setAll((ObjectNode) Json.mapper().valueToTree(spec));
        return json;
    }
}
