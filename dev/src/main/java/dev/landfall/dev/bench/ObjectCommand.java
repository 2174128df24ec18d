package dev.landfall.dev.bench;

import dev.landfall.dev.Scratch;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code bench put} and {@code bench get}. */
final class ObjectCommand {
    private ObjectCommand() {}

    static int run(String operation, CommandSpec spec, BenchOptions options, CheckOptions check) throws Exception {
        refuse(spec, options.problem());
        if (check.check && (options.url != null || options.rate > 0 || options.total > 0)) {
            refuse(spec, "--check measures a node of its own as fast as it goes: leave out --url, --rate and --total");
        }
        var report = new Report(
                spec.commandLine().getOut(),
                "Landfall bench " + operation + ", " + options.workers + " workers, durability " + options.durability);
        if (options.url != null) {
            try (BenchNode cluster = BenchNode.running(options.url)) {
                new ObjectBench(operation, options, report)
                        .measure(cluster.open(options.durability(), options.direct()));
            }
            report.write(options);
            return 0;
        }
        Path directory = directory(options);
        try (BenchNode node = BenchNode.start(directory.resolve("cluster"), options.nodes)) {
            Side side = node.open(options.durability(), options.direct());
            var bench = new ObjectBench(operation, options, report);
            if (!check.check) {
                bench.measure(side);
            } else {
                try (Limits raw = Limits.raw(Files.createDirectories(directory.resolve("raw")))) {
                    var pairs = check.quick ? ObjectBench.Pairs.QUICK : ObjectBench.Pairs.FULL;
                    bench.compare(side, Side.limit("raw", raw), pairs, !check.quick);
                }
            }
        } finally {
            Scratch.remove(directory);
        }
        report.write(options);
        if (check.check && check.quick) {
            report.say("Not judged: --quick only shows that it runs.");
        }
        return Verdict.exitCode(report.verdicts());
    }

    /** A new one, on the disk that was asked for. */
    static Path directory(BenchOptions options) throws java.io.IOException {
        return options.data == null
                ? Scratch.create("landfall-bench-")
                : Files.createTempDirectory(Files.createDirectories(options.data.toAbsolutePath()), "landfall-bench-");
    }

    static void refuse(CommandSpec spec, @org.jspecify.annotations.Nullable String why) {
        if (why != null) {
            throw new ParameterException(spec.commandLine(), why);
        }
    }
}
