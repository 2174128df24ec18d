package dev.landfall.topology;

import dev.landfall.ingest.Call;
import dev.landfall.ingest.ObjectRouter;
import dev.landfall.ingest.Routes;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TopologyRecord;
import dev.landfall.placement.Cluster;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /api/v1/topologies}. */
final class TopologyRoutes {
    private static final int MAX_BODY = 4 * TopologyFile.MAX_LENGTH;

    private final Cluster cluster;
    private final ObjectRouter router;
    private final boolean allowExec;

    TopologyRoutes(Cluster cluster, ObjectRouter router, boolean allowExec) {
        this.cluster = cluster;
        this.router = router;
        this.allowExec = allowExec;
    }

    void addTo(Routes routes) {
        routes.add("PUT", "/api/v1/topologies/{name}", this::apply);
        routes.add("GET", "/api/v1/topologies/{name}", this::show);
        routes.add("DELETE", "/api/v1/topologies/{name}", this::delete);
        routes.add("GET", "/api/v1/topologies", this::list);
    }

    private void apply(Call call) {
        String name = Names.checkTopology(call.path("name"));
        String yaml = text(call.body(MAX_BODY));
        TopologySpec spec = TopologyFile.parse(yaml);
        if (spec.runsCommands() && !allowExec) {
            throw new LandfallException(
                    ErrorCode.EXEC_NOT_ALLOWED,
                    "The topology " + name
                            + " runs commands (exec), which this server does not allow; start the nodes with --allow-exec"
                            + " if you trust everybody who can reach them");
        }
        ClusterView view = cluster.view();
        spec.buckets().forEach(view::bucket);
        router.submit(new ClusterCommand.ApplyTopology(name, yaml));
        call.reply(200, json(find(name), false));
    }

    private void show(Call call) {
        call.reply(200, json(find(call.path("name")), true));
    }

    private void delete(Call call) {
        String name = find(call.path("name")).name();
        router.submit(new ClusterCommand.DeleteTopology(name));
        call.reply(200, Map.of("name", name, "deleted", true));
    }

    private void list(Call call) {
        List<Map<String, Object>> topologies = cluster.view().topologies().values().stream()
                .sorted(Comparator.comparing(TopologyRecord::name))
                .map(record -> json(record, false))
                .toList();
        call.reply(200, Map.of("topologies", topologies));
    }

    private TopologyRecord find(String name) {
        TopologyRecord record = cluster.view().topologies().get(name);
        if (record == null) {
            throw new LandfallException(ErrorCode.NO_SUCH_TOPOLOGY, "The topology " + name + " does not exist");
        }
        return record;
    }

    private static Map<String, Object> json(TopologyRecord record, boolean whole) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", record.name());
        json.put("version", record.version());
        TopologySpec spec = TopologyFile.parse(record.yaml());
        json.put(
                "pipelines",
                spec.pipelines().values().stream()
                        .map(pipeline -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("name", pipeline.name());
                            one.put("from", pipeline.from().value());
                            one.put("via", pipeline.via());
                            one.put("to", pipeline.to().value());
                            return one;
                        })
                        .toList());
        if (whole) {
            json.put("yaml", record.yaml());
        }
        return json;
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new LandfallException(ErrorCode.INVALID_TOPOLOGY, "1:1 the file is not UTF-8", e);
        }
    }
}
