package dev.landfall.node.cli;

import dev.landfall.client.ObjectStat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "stat",
        description = "Shows an object: size, ETag, generation, and whether S3 has it or why it refused it.",
        mixinStandardHelpOptions = true)
public final class StatCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "BUCKET/NAME")
    private String key = "";

    @Override
    public Integer call() {
        try (var client = server.connect()) {
            ObjectStat stat = client.head(Names.key(key));
            var out = spec.commandLine().getOut();
            out.println("key:        " + stat.key());
            out.println("size:       " + stat.size());
            out.println("etag:       " + stat.etag());
            out.println("generation: " + (stat.generation() == null ? "none" : stat.generation()));
            out.println("state:      " + stat.state());
            if (stat.parked() != null) {
                out.println("parked:     " + stat.parked());
            }
        }
        return 0;
    }
}
