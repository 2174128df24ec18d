package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "mountpath",
        description = "List, add and drain the mountpaths of nodes that run.",
        mixinStandardHelpOptions = true)
public final class MountpathCommand {
    private static final long MIB = 1 << 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(description = "Lists the mountpaths of all nodes.", mixinStandardHelpOptions = true)
    int ls(@Mixin Server server) {
        try (var client = server.connect()) {
            for (JsonNode node : client.mountpaths().path("nodes")) {
                String id = node.path("node").asText();
                if (node.has("unavailable")) {
                    spec.commandLine()
                            .getOut()
                            .printf(
                                    "%-8s unavailable: %s%n",
                                    id, node.path("unavailable").asText());
                }
                print(id, node.path("mountpaths"));
            }
        }
        return 0;
    }

    @Command(
            description = "Adds an empty directory; partitions move to it in the background.",
            mixinStandardHelpOptions = true)
    int add(
            @Mixin Server server,
            @Parameters(paramLabel = "NODE") String node,
            @Parameters(paramLabel = "DIR", description = "absolute, as the node sees it") String directory) {
        try (var client = server.connect()) {
            print(node, client.addMountpath(node, directory));
        }
        return 0;
    }

    @Command(
            description = "Moves everything away from a mountpath, in the background, and closes it then.",
            mixinStandardHelpOptions = true)
    int drain(
            @Mixin Server server,
            @Parameters(paramLabel = "NODE") String node,
            @Parameters(paramLabel = "DIR", description = "absolute, as the node sees it") String directory) {
        try (var client = server.connect()) {
            print(node, client.drainMountpath(node, directory));
        }
        return 0;
    }

    private void print(String node, JsonNode mountpaths) {
        var out = spec.commandLine().getOut();
        for (JsonNode each : mountpaths) {
            out.printf(
                    "%-8s %-40s %-9s %4d partitions, %d to come, %d MiB moved away, %d MiB of %d MiB free%s%n",
                    node,
                    each.path("path").asText(),
                    each.path("state").asText(),
                    each.path("partitions").asInt(),
                    each.path("moving").asInt(),
                    each.path("movedBytes").asLong() / MIB,
                    each.path("usableBytes").asLong() / MIB,
                    each.path("totalBytes").asLong() / MIB,
                    each.path("why").isTextual() ? ": " + each.path("why").asText() : "");
        }
    }
}
