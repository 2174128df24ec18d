package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "flush",
        description =
                "Waits until S3 has everything of a bucket. Exit code 1 when something still waits at the timeout, or when S3"
                        + " refused something for good: that is counted and named with the reason, not waited for.",
        mixinStandardHelpOptions = true)
public final class FlushCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "BUCKET")
    private String bucket = "";

    @Option(names = "--timeout", paramLabel = "TIME", description = "default 60s", converter = Durations.class)
    private Duration timeout = Duration.ofSeconds(60);

    @Override
    public Integer call() {
        try (var client = server.connect()) {
            JsonNode reply = client.flush(Names.bucket(bucket), timeout);
            spec.commandLine().getOut().println(Pretty.json(reply));
            return reply.path("clean").asBoolean(true) ? 0 : 1;
        }
    }
}
