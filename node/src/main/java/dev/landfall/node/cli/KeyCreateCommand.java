package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = "Makes an access key and shows its secret, this once.",
        mixinStandardHelpOptions = true)
final class KeyCreateCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "KEY", arity = "0..1", description = "its name; default: a random one")
    private @Nullable String id;

    @Option(names = "--read", paramLabel = "BUCKET", description = "may read it; * for all; may be repeated")
    private List<String> read = new ArrayList<>();

    @Option(
            names = "--write",
            paramLabel = "BUCKET",
            description = "may read, write, create and remove it; * for all; may be repeated")
    private List<String> write = new ArrayList<>();

    @Option(names = "--admin", description = "may do everything")
    private boolean admin;

    @Override
    public Integer call() {
        if (!admin && read.isEmpty() && write.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "Say what the key may do: --read BUCKET, --write BUCKET or --admin");
        }
        ObjectNode wanted = Json.mapper().createObjectNode().put("admin", admin);
        if (id != null) {
            wanted.put("id", id);
        }
        read.forEach(wanted.putArray("read")::add);
        write.forEach(wanted.putArray("write")::add);
        try (var client = server.connect()) {
            JsonNode made = client.createKey(wanted);
            var out = spec.commandLine().getOut();
            out.println("LANDFALL_ACCESS_KEY=" + made.path("accessKey").asText());
            out.println("LANDFALL_SECRET_KEY=" + made.path("secretKey").asText());
        }
        return 0;
    }
}
