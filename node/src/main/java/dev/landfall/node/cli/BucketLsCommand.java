package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "ls", description = "Lists the buckets.", mixinStandardHelpOptions = true)
final class BucketLsCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        try (var client = server.connect()) {
            for (JsonNode bucket : client.buckets().path("buckets")) {
                JsonNode writeback = bucket.path("writeback");
                out.printf(
                        "%-32s %-6s %s%n",
                        bucket.path("name").asText(),
                        writeback.path("mode").asText("local"),
                        writeback.path("remote").asText(""));
            }
        }
        return 0;
    }
}
