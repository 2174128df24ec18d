package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "promote",
        description = "Makes files on the nodes' disks objects, without sending them through a client.",
        mixinStandardHelpOptions = true)
public final class PromoteCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "PATH", description = "a file or directory below a promote root of the nodes")
    private Path path = Path.of("");

    @Parameters(index = "1", paramLabel = "BUCKET[/PREFIX]")
    private String where = "";

    @Option(names = "--flat", description = "not the directories below")
    private boolean flat;

    @Option(names = "--overwrite", description = "replaces objects that exist; without it they are skipped")
    private boolean overwrite;

    @Option(names = "--wait", description = "returns when the job has ended; exit code 1 unless all of it succeeded")
    private boolean wait;

    @Override
    public Integer call() {
        Names names = Names.parse(where);
        ObjectNode job = Json.mapper().createObjectNode();
        job.put("kind", "promote");
        job.put("bucket", names.bucket().value());
        job.put("prefix", names.prefix());
        job.put("path", path.toAbsolutePath().toString());
        job.put("recursive", !flat);
        job.put("overwrite", overwrite);
        try (var client = server.connect()) {
            String id = client.createJob(job).path("id").asText();
            spec.commandLine().getOut().println(id);
            return wait ? JobWait.on(client, id, spec.commandLine().getOut()) : 0;
        }
    }
}
