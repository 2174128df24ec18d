package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts a job that moves data of a bucket between the disks and S3. */
public abstract class TierCommand implements Callable<Integer> {
    private final String kind;

    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "BUCKET[/PREFIX]")
    private String where = "";

    @Option(names = "--wait", description = "returns when the job has ended; exit code 1 unless all of it succeeded")
    private boolean wait;

    private TierCommand(String kind) {
        this.kind = kind;
    }

    @Override
    public Integer call() {
        Names names = Names.parse(where);
        ObjectNode job = Json.mapper().createObjectNode();
        job.put("kind", kind);
        job.put("bucket", names.bucket().value());
        job.put("prefix", names.prefix());
        try (var client = server.connect()) {
            String id = client.createJob(job).path("id").asText();
            spec.commandLine().getOut().println(id);
            return wait ? JobWait.on(client, id, spec.commandLine().getOut()) : 0;
        }
    }

    /** {@code landfall evict}. */
    @Command(
            name = "evict",
            description =
                    "Frees the local copies of what S3 has; it is read from S3 then. What S3 may not have is kept.",
            mixinStandardHelpOptions = true)
    public static final class Evict extends TierCommand {
        public Evict() {
            super("evict");
        }
    }

    /** {@code landfall prefetch}. */
    @Command(name = "prefetch", description = "Brings to the disks what only S3 has.", mixinStandardHelpOptions = true)
    public static final class Prefetch extends TierCommand {
        public Prefetch() {
            super("prefetch");
        }
    }
}
