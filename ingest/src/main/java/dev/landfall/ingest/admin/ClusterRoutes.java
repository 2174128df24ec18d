package dev.landfall.ingest.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.model.ClusterView;
import dev.landfall.model.Json;
import dev.landfall.placement.Cluster;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/cluster}, {@code /health/*} and {@code /metrics}.
 *
 * @param kafka where clients find the events: brokers and topic
 * @param notReady why this node should get no requests now; null when it should
 */
public record ClusterRoutes(
        Cluster cluster,
        String version,
        Kafka kafka,
        PrometheusMeterRegistry metrics,
        Supplier<@Nullable String> notReady) {
    public record Kafka(String bootstrap, String objects) {}

    public void addTo(RouteTable routes) {
        routes.endpoint("GET", "/api/v1/cluster", this::show);
        routes.endpoint("GET", "/health/live", call -> call.reply(200, Map.of("live", true)));
        routes.endpoint("GET", "/health/ready", this::ready);
        routes.endpoint(
                "GET",
                "/metrics",
                call -> call.reply(
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.scrape().getBytes(StandardCharsets.UTF_8),
                        Map.of()));
    }

    private void show(HttpCall call) {
        ClusterView view = cluster.view();
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("node", cluster.nodeId());
        json.put("version", version);
        json.put("connected", cluster.connected());
        json.put("offset", view.offset());
        json.put("coordinator", view.coordinator());
        json.set("kafka", Json.mapper().valueToTree(kafka));
        json.set("map", Json.mapper().valueToTree(view.map()));
        var nodes = json.putArray("nodes");
        new TreeMap<>(view.nodes())
                .values()
                .forEach(node -> nodes.add(Json.mapper().<ObjectNode>valueToTree(node)));
        call.reply(200, json);
    }

    private void ready(HttpCall call) {
        String why = notReady.get();
        call.reply(why == null ? 200 : 503, why == null ? Map.of("ready", true) : Map.of("ready", false, "why", why));
    }
}
