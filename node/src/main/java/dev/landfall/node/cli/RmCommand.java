package dev.landfall.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "rm", description = "Deletes an object, here and on S3.", mixinStandardHelpOptions = true)
public final class RmCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Parameters(paramLabel = "BUCKET/NAME")
    private String key = "";

    @Override
    public Integer call() {
        try (var client = server.connect()) {
            client.delete(Names.key(key));
        }
        return 0;
    }
}
