package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "scrub",
        description =
                "Compares every stored object with its checksum. What is bad is set aside, and fetched from S3 if S3 has it.",
        mixinStandardHelpOptions = true)
public final class ScrubCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "BUCKET", arity = "0..1", description = "default: all")
    private @Nullable String bucket;

    @Option(
            names = "--rate",
            paramLabel = "MIB",
            description = "MiB that each node reads a second at most; default 100")
    private long rate = 100;

    @Option(names = "--wait", description = "returns when the job has ended; exit code 1 when an object is lost")
    private boolean wait;

    @Override
    public Integer call() {
        ObjectNode job = Json.mapper().createObjectNode();
        job.put("kind", "scrub");
        job.put("bytesPerSecond", rate << 20);
        if (bucket != null) {
            job.put("bucket", bucket);
        }
        try (var client = server.connect()) {
            String id = client.createJob(job).path("id").asText();
            spec.commandLine().getOut().println(id);
            return wait ? JobWait.on(client, id, spec.commandLine().getOut()) : 0;
        }
    }
}
