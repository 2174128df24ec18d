package dev.landfall.dev;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.dev.s3.S3Process;
import dev.landfall.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where everything is, for scripts: written in one step, and readable by the owner only because it holds S3's keys. */
final class ReadyFile {
    private ReadyFile() {}

    static void write(Path file, DevCluster cluster) throws IOException {
        S3Process s3 = cluster.s3();
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("http", cluster.http().toString());
        json.put("kafka", cluster.kafka().bootstrap());
        json.put("s3", cluster.nodes().getFirst().s3().toString());
        json.putObject("credentials")
                .put("accessKey", cluster.keys().accessKey())
                .put("secretKey", cluster.keys().secretKey());
        json.putObject("remoteS3")
                .put("endpoint", s3.endpoint().toString())
                .put("accessKey", s3.accessKey())
                .put("secretKey", s3.secretKey())
                .put("region", s3.region());
        ArrayNode nodes = json.putArray("nodes");
        for (RunningNode node : cluster.nodes()) {
            nodes.addObject()
                    .put("id", node.id())
                    .put("http", node.http().toString())
                    .put("s3", node.s3().toString())
                    .put("pid", node.pid());
        }
        json.put("pid", ProcessHandle.current().pid());
        NodeFile.secret(file.toAbsolutePath(), new String(Json.write(json), StandardCharsets.UTF_8) + "\n");
    }
}
