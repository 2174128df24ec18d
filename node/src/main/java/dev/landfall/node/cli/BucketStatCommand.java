package dev.landfall.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "stat",
        description = "Shows a bucket: its specification, and what waits for S3.",
        mixinStandardHelpOptions = true)
final class BucketStatCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "BUCKET")
    private String bucket = "";

    @Override
    public Integer call() {
        try (var client = server.connect()) {
            spec.commandLine().getOut().println(Pretty.json(client.bucket(Names.bucket(bucket))));
        }
        return 0;
    }
}
