package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "ls", description = "Lists the access keys and what they may do.", mixinStandardHelpOptions = true)
final class KeyLsCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        try (var client = server.connect()) {
            for (JsonNode key : client.keys().path("keys")) {
                List<String> may = new ArrayList<>();
                if (key.path("admin").asBoolean()) {
                    may.add("admin");
                }
                key.path("read").forEach(bucket -> may.add("read " + bucket.asText()));
                key.path("write").forEach(bucket -> may.add("write " + bucket.asText()));
                out.printf("%-24s %s%n", key.path("accessKey").asText(), String.join(", ", may));
            }
        }
        return 0;
    }
}
