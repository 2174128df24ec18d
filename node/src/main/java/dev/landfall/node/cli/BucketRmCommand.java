package dev.landfall.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rm",
        description = "Removes an empty bucket. What is on S3 stays there.",
        mixinStandardHelpOptions = true)
final class BucketRmCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Parameters(paramLabel = "BUCKET")
    private String bucket = "";

    @Override
    public Integer call() {
        try (var client = server.connect()) {
            client.deleteBucket(Names.bucket(bucket));
        }
        return 0;
    }
}
