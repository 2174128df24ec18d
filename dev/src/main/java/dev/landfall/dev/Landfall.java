package dev.landfall.dev;

import dev.landfall.dev.bench.BenchCommand;
import dev.landfall.dev.demo.DemoCommand;
import dev.landfall.node.cli.BucketCommand;
import dev.landfall.node.cli.EventsCommand;
import dev.landfall.node.cli.Failures;
import dev.landfall.node.cli.FlushCommand;
import dev.landfall.node.cli.FsckCommand;
import dev.landfall.node.cli.GetCommand;
import dev.landfall.node.cli.JobCommand;
import dev.landfall.node.cli.KeyCommand;
import dev.landfall.node.cli.LsCommand;
import dev.landfall.node.cli.MountpathCommand;
import dev.landfall.node.cli.NodeCommand;
import dev.landfall.node.cli.PromoteCommand;
import dev.landfall.node.cli.PutCommand;
import dev.landfall.node.cli.RmCommand;
import dev.landfall.node.cli.ScrubCommand;
import dev.landfall.node.cli.StatCommand;
import dev.landfall.node.cli.TierCommand;
import dev.landfall.node.cli.TopologyCommand;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code landfall} command. Exit codes: 0 done, 1 failed, 2 asked wrongly. */
@Command(
        name = "landfall",
        description = "An event-driven storage tier and pipeline engine.",
        mixinStandardHelpOptions = true,
        version = "Landfall 0.1.0",
        footer = {
            "",
            "LANDFALL_URL names the server, default http://127.0.0.1:8080; LANDFALL_ACCESS_KEY and LANDFALL_SECRET_KEY are sent to it.",
            "Exit codes: 0 done, 1 failed, 2 asked wrongly."
        },
        subcommands = {
            DemoCommand.class,
            DevCommand.class,
            NodeCommand.class,
            BucketCommand.class,
            PutCommand.class,
            FsckCommand.class,
            GetCommand.class,
            LsCommand.class,
            StatCommand.class,
            RmCommand.class,
            ScrubCommand.class,
            PromoteCommand.class,
            TierCommand.Evict.class,
            TierCommand.Prefetch.class,
            FlushCommand.class,
            TopologyCommand.class,
            JobCommand.class,
            KeyCommand.class,
            MountpathCommand.class,
            EventsCommand.class,
            BenchCommand.class,
            HelpCommand.class
        })
public final class Landfall {
    private static final Set<String> SERVERS = Set.of("dev", "node");

    private Landfall() {}

    public static void main(String[] args) {
        if (System.getProperty("landfall.log") == null && (args.length == 0 || !SERVERS.contains(args[0]))) {
            System.setProperty("landfall.log", "ERROR");
            System.setProperty("landfall.log.libraries", "ERROR");
            System.setProperty("landfall.log.noise", "OFF");
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Landfall())
                .setExecutionExceptionHandler(new Failures())
                .setParameterExceptionHandler(Failures.usage())
                .setUsageHelpAutoWidth(true);
    }
}
