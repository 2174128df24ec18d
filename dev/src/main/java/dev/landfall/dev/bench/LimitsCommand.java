package dev.landfall.dev.bench;

import dev.landfall.dev.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "limits",
        description =
                "Measures what PUT and GET are compared with: a raw socket loop and bare Undertow, checked against plain copies.",
        mixinStandardHelpOptions = true)
final class LimitsCommand implements Callable<Integer> {
    /** A raw PUT may seem this much faster than its slower half before the figures contradict each other. */
    private static final double TOLERANCE = 1.3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Override
    public Integer call() throws Exception {
        ObjectCommand.refuse(spec, options.problem());
        ObjectCommand.refuse(spec, options.url == null ? null : "The limits run in this process: leave out --url");
        var report = new Report(spec.commandLine().getOut(), "Landfall bench limits, " + options.workers + " workers");
        Path directory = ObjectCommand.directory(options);
        boolean sound = true;
        try (Limits raw = Limits.raw(Files.createDirectories(directory.resolve("raw")));
                Limits bare = Limits.bareUndertow(Files.createDirectories(directory.resolve("bare")))) {
            for (int size : options.sizes) {
                sound &= run(report, directory, size, raw, bare);
            }
        } finally {
            Scratch.remove(directory);
        }
        report.write(options);
        return sound ? 0 : 1;
    }

    private boolean run(Report report, Path directory, int size, Limits raw, Limits bare) throws IOException {
        Load load = options.load();
        Leg files = report.add(
                load.run("plain files", "put", size, true, PlainCopies.files(directory, size, options.workers)));
        Leg sockets = report.add(load.run("loopback", "put", size, true, PlainCopies.loopback(size)));
        Leg put = null;
        for (Side side : new Side[] {Side.limit("raw", raw), Side.limit("bare Undertow", bare)}) {
            var requests = new Requests(side, size, options.workers, Requests.MOST_READ);
            Leg leg = report.add(load.run(side.name(), "put", size, true, requests.puts("limit")));
            put = put == null ? leg : put;
            requests.fill();
            report.add(load.run(side.name(), "get", size, true, requests.gets()));
        }
        double most = Math.min(files.perSecond(), sockets.perSecond());
        boolean sound = put == null || put.perSecond() <= TOLERANCE * most;
        report.say(String.format(
                Locale.ROOT,
                "%s: raw PUT reaches %.2f of plain files and %.2f of the loopback%s",
                Sizes.text(size),
                put == null ? 0 : put.perSecond() / files.perSecond(),
                put == null ? 0 : put.perSecond() / sockets.perSecond(),
                sound ? "" : ": that cannot be, measure again"));
        return sound;
    }
}
