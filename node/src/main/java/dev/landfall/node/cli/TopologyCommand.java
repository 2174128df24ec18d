package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "topology", description = "Apply, list and remove topology files.", mixinStandardHelpOptions = true)
public final class TopologyCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(description = "Checks a topology file and runs it.", mixinStandardHelpOptions = true)
    int apply(
            @Mixin Server server,
            @Parameters(paramLabel = "FILE") Path file,
            @Option(names = "--name", paramLabel = "NAME", description = "default: the file's name without its ending")
                    @Nullable
                    String name)
            throws IOException {
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw new WrongArgument(file + " is not a file");
        }
        String yaml = Files.readString(file);
        try (var client = server.connect()) {
            client.applyTopology(name == null ? stem(file) : name, yaml);
        }
        return 0;
    }

    @Command(description = "Lists the topologies.", mixinStandardHelpOptions = true)
    int ls(@Mixin Server server) {
        var out = spec.commandLine().getOut();
        try (var client = server.connect()) {
            for (JsonNode topology : client.topologies().path("topologies")) {
                out.printf(
                        "%-32s version %d%n",
                        topology.path("name").asText(), topology.path("version").asInt());
            }
        }
        return 0;
    }

    @Command(description = "Stops a topology and forgets it; its outputs stay.", mixinStandardHelpOptions = true)
    int rm(@Mixin Server server, @Parameters(paramLabel = "NAME") String name) {
        try (var client = server.connect()) {
            client.deleteTopology(name);
        }
        return 0;
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.indexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
