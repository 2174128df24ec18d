package dev.landfall.node.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rm",
        description = "Removes an access key; it is refused from then on.",
        mixinStandardHelpOptions = true)
final class KeyRmCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Parameters(paramLabel = "KEY")
    private String id = "";

    @Override
    public Integer call() {
        try (var client = server.connect()) {
            client.deleteKey(id);
        }
        return 0;
    }
}
