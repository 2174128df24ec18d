package dev.landfall.dev;

import dev.landfall.node.Signals;
import dev.landfall.node.cli.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "dev",
        description =
                "Runs Kafka, S3 and a few nodes on this machine. Ctrl-C drains and stops them; a second one ends at once.",
        mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
    /** How long a start that nobody wants any more may still come to its end, to be stopped in order. */
    private static final Duration START_GRACE = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--targets", paramLabel = "N", description = "nodes; default 3")
    private int targets = 3;

    @Option(names = "--processes", description = "each node in a process of its own")
    private boolean processes;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "kept, and found again at the next start; default: a temporary one")
    private @Nullable Path data;

    @Option(names = "--port", paramLabel = "PORT", description = "of the first node; default 8080, 0 picks a free one")
    private int port = 8080;

    @Option(
            names = "--s3-latency",
            paramLabel = "TIME",
            description = "added to each request to S3, for example 100ms",
            converter = Durations.class)
    private Duration s3Latency = Duration.ZERO;

    @Option(
            names = "--s3-attempt-timeout",
            paramLabel = "TIME",
            description =
                    "the longest that one request to S3 may take besides that; after a kill, objects stay dirty for so long; default 10s",
            converter = Durations.class)
    private Duration s3AttemptTimeout = DevOptions.S3_ATTEMPT_TIMEOUT;

    @Option(names = "--s3-port", paramLabel = "PORT", description = "of the first node's S3 API; default 0: a free one")
    private int s3Port;

    @Option(
            names = "--auth",
            description = "the native API asks for credentials, too; commands take them from LANDFALL_ACCESS_KEY and"
                    + " LANDFALL_SECRET_KEY")
    private boolean auth;

    @Option(
            names = "--mountpaths",
            paramLabel = "N",
            description = "directories of each node over which its partitions are spread; default 1")
    private int mountpaths = 1;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "written when all is ready: endpoints, keys and pids as JSON")
    private @Nullable Path readyFile;

    @Option(names = "--promote-root", paramLabel = "DIR", description = "promote may read below it; may be repeated")
    private List<Path> promoteRoots = new ArrayList<>();

    @Option(
            names = "--node-jvm",
            paramLabel = "OPTION",
            description = "for the JVMs of --processes; may be repeated; default -Xmx512m")
    private List<String> nodeJvm = new ArrayList<>(List.of("-Xmx512m"));

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (targets < 1 || targets > 16) {
            throw new ParameterException(spec.commandLine(), "--targets must be from 1 to 16");
        }
        if (mountpaths < 1 || mountpaths > 16) {
            throw new ParameterException(spec.commandLine(), "--mountpaths must be from 1 to 16");
        }
        for (int each : new int[] {port, s3Port}) {
            if (each < 0 || each > 65_535) {
                throw new ParameterException(spec.commandLine(), "A port is from 0 to 65535, not " + each);
            }
        }
        for (Path root : promoteRoots) {
            if (!Files.isDirectory(root)) {
                throw new ParameterException(spec.commandLine(), "--promote-root " + root + " is not a directory");
            }
        }
        if (s3AttemptTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new ParameterException(spec.commandLine(), "--s3-attempt-timeout must be at least 1s");
        }
        Signals signals = Signals.install(true);
        PrintWriter out = spec.commandLine().getOut();
        Path file = readyFile;
        if (file != null) {
            Files.deleteIfExists(file);
        }
        Path directory = data == null ? Scratch.create("landfall-dev-") : data.toAbsolutePath();
        boolean keep = data != null;
        try {
            var options = new DevOptions(
                    directory,
                    targets,
                    processes,
                    port,
                    s3Latency,
                    s3AttemptTimeout,
                    promoteRoots,
                    nodeJvm,
                    DevOptions.PARTITIONS,
                    s3Port,
                    auth,
                    mountpaths);
            DevCluster cluster = Startup.unless(signals::arrivedAny, START_GRACE, () -> DevCluster.start(options));
            if (cluster == null) {
                out.println("Stopped before everything was ready.");
                out.flush();
                endAtOnce(directory);
                return 1;
            }
            if (file != null) {
                ReadyFile.write(file, cluster);
            }
            print(out, cluster, directory);
            cluster.nodes().forEach(node -> node.onUnexpectedEnd(sentence -> say(out, sentence)));
            signals.await();
            say(out, "Stopping …");
            List<Path> logs = cluster.nodes().stream()
                    .map(RunningNode::log)
                    .filter(Objects::nonNull)
                    .toList();
            if (cluster.stop()) {
                say(out, "Stopped.");
                return 0;
            }
            say(out, "Stopped, but not in order; see the log above.");
            if (!logs.isEmpty()) {
                keep = true;
                say(out, "The logs of the nodes are kept, and with them " + directory + ":");
                logs.forEach(log -> say(out, "  " + log));
            }
            return 1;
        } finally {
            if (file != null) {
                Files.deleteIfExists(file);
            }
            if (!keep) {
                Scratch.remove(directory);
            }
        }
    }

    /** In the middle of a start; child processes end with this one. */
    private void endAtOnce(Path directory) throws IOException {
        if (readyFile != null) {
            Files.deleteIfExists(readyFile);
        }
        if (data == null) {
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
            for (int tries = 20; tries > 0 && Files.exists(directory); tries--) {
                try {
                    Scratch.remove(directory);
                } catch (IOException e) {
                    // The start still writes there.
                }
            }
        }
        Runtime.getRuntime().halt(1);
    }

    private static void say(PrintWriter out, String sentence) {
        out.println(sentence);
        out.flush();
    }

    private void print(PrintWriter out, DevCluster cluster, Path directory) {
        out.println("Landfall is ready. Ctrl-C stops it"
                + (data == null ? " and removes its data." : "; its data stay in " + directory));
        out.println("  HTTP   " + cluster.http());
        for (RunningNode node : cluster.nodes()) {
            out.println("         " + node.id() + " " + node.http() + " (process " + node.pid() + ")");
        }
        out.println("  S3     " + cluster.nodes().getFirst().s3() + ", access key "
                + cluster.keys().accessKey() + ", secret key in "
                + cluster.keys().directory().resolve("secret-key"));
        out.println("  Kafka  " + cluster.kafka().bootstrap());
        out.println("  Remote " + cluster.s3().endpoint() + " with the bucket " + DevCluster.S3_BUCKET
                + "; its keys are in " + directory.resolve("s3").resolve("keys"));
        out.println("Try:");
        if (cluster.http().getPort() != 8080) {
            out.println("  export LANDFALL_URL=" + cluster.http());
        }
        if (auth) {
            Path keys = cluster.keys().directory();
            out.println("  export LANDFALL_ACCESS_KEY=$(cat " + keys.resolve("access-key")
                    + ") LANDFALL_SECRET_KEY=$(cat " + keys.resolve("secret-key") + ")");
        }
        out.println("  ./landfall bucket create photos --mode async --remote s3://" + DevCluster.S3_BUCKET + "/photos");
        out.println("  ./landfall put photos/readme README.md && ./landfall stat photos/readme");
        out.flush();
    }
}
