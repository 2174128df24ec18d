package dev.landfall.node.cli;

import dev.landfall.client.ObjectStat;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "ls", description = "Lists objects: size, state and name.", mixinStandardHelpOptions = true)
public final class LsCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "BUCKET[/PREFIX]")
    private String where = "";

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default all")
    private long limit = Long.MAX_VALUE;

    @Override
    public Integer call() {
        Names names = Names.parse(where);
        var out = spec.commandLine().getOut();
        try (var client = server.connect()) {
            Iterator<ObjectStat> objects = client.list(names.bucket(), names.prefix());
            for (long n = 0; n < limit && objects.hasNext(); n++) {
                ObjectStat object = objects.next();
                out.printf(
                        "%12d %-6s %s%s%n",
                        object.size(),
                        object.state(),
                        object.key().name(),
                        object.parked() == null ? "" : "  (S3 refused it: " + object.parked() + ")");
            }
        }
        return 0;
    }
}
