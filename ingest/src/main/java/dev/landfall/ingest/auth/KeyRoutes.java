package dev.landfall.ingest.auth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.cluster.Decisions;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.objects.FanOut;
import dev.landfall.model.AccessKey;
import dev.landfall.model.AccessPolicy;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.Json;
import dev.landfall.model.TimeSource;
import dev.landfall.placement.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/keys}: the keys of the cluster. A secret is told once, when it is made. */
public record KeyRoutes(Keys keys, Cluster cluster, Decisions decisions, FanOut fanOut, TimeSource time) {
    private static final int MAX_BODY = 64 << 10;

    /** What a client asks for. */
    record Wanted(
            @Nullable String id,
            @Nullable Boolean admin,
            @Nullable List<String> read,
            @Nullable List<String> write) {}

    public void addTo(RouteTable routes) {
        routes.endpoint("GET", "/api/v1/keys", this::list);
        routes.endpoint("POST", "/api/v1/keys", this::create);
        routes.endpoint("DELETE", "/api/v1/keys/{id}", this::delete);
    }

    private void list(HttpCall call) {
        ObjectNode json = Json.mapper().createObjectNode();
        var array = json.putArray("keys");
        new TreeMap<>(cluster.view().keys()).values().forEach(key -> array.add(json(key)));
        call.reply(200, json);
    }

    private void create(HttpCall call) {
        Wanted wanted = Json.strict(call.body(MAX_BODY), Wanted.class);
        var policy = new AccessPolicy(Boolean.TRUE.equals(wanted.admin), set(wanted.read), set(wanted.write));
        Keys.Made made = keys.make(wanted.id, policy, time.now());
        decisions.submitForAll(new ClusterCommand.CreateKey(made.key()), fanOut);
        call.reply(200, json(made.key()).put("secretKey", made.secretKey()));
    }

    private void delete(HttpCall call) {
        call.subject(call.path("id"));
        decisions.submitForAll(new ClusterCommand.DeleteKey(call.path("id")), fanOut);
        call.replyHead(204, -1, Map.of());
    }

    private static Set<String> set(@Nullable List<String> buckets) {
        return buckets == null ? Set.of() : Set.copyOf(buckets);
    }

    private static ObjectNode json(AccessKey key) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("accessKey", key.id());
        json.put("created", key.created().toString());
        json.put("admin", key.policy().admin());
        var read = json.putArray("read");
        key.policy().read().stream().sorted().forEach(read::add);
        var write = json.putArray("write");
        key.policy().write().stream().sorted().forEach(write::add);
        return json;
    }
}
