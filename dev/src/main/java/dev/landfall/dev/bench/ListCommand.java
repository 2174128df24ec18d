package dev.landfall.dev.bench;

import dev.landfall.dev.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        description = "Reads pages of a listing; objects/s are pages/s, and the size is that of an object.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--objects", paramLabel = "N", description = "that are listed, 16 bytes each; default 10000")
    private int objects = 10_000;

    @Option(names = "--page", paramLabel = "N", description = "objects a page; default 1000")
    private int page = 1000;

    @Override
    public Integer call() throws Exception {
        ObjectCommand.refuse(spec, options.problem());
        ObjectCommand.refuse(spec, objects < 1 || page < 1 || page > 1000 ? "--page must be from 1 to 1000" : null);
        var report = new Report(
                spec.commandLine().getOut(),
                "Landfall bench list, pages of " + page + " of " + objects + " objects, " + options.workers
                        + " workers");
        Path directory = ObjectCommand.directory(options);
        try (BenchNode node = options.url == null
                ? BenchNode.start(directory.resolve("cluster"), options.nodes)
                : BenchNode.running(options.url)) {
            Side side = node.open(options.durability(), options.direct());
            String prefix = "list-" + System.nanoTime() + "/";
            new Load(options.workers, java.time.Duration.ofHours(1), objects, 0)
                    .run(side.name(), "put", 16, side.sameProcess(), fill(side, prefix));
            report.add(options.load().run(side.name(), "list", 16, side.sameProcess(), pages(side, prefix)));
        } finally {
            Scratch.remove(directory);
        }
        report.write(options);
        return 0;
    }

    private Load.Hiring fill(Side side, String prefix) {
        var requests = new Requests(side, 16, options.workers, Requests.MOST_READ);
        return requests.puts(prefix + "o");
    }

    private Load.Hiring pages(Side side, String prefix) {
        String url = side.prefix().substring(0, side.prefix().length() - 1) + "?limit=" + page + "&prefix=" + prefix;
        return worker -> new Load.Worker() {
            private final Side.Connections connections = side.connect();

            @Override
            public void run(long index) throws IOException {
                connections.any().get(url);
            }

            @Override
            public void close() {
                connections.close();
            }
        };
    }
}
