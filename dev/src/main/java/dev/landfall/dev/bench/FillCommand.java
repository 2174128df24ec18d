package dev.landfall.dev.bench;

import dev.landfall.dev.Scratch;
import dev.landfall.model.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Puts very many objects of 16 bytes, with their events, and reads pages of the listing at random places before and after: what grows with
 * the number of objects shows in the ratio.
 */
@Command(
        name = "fill",
        description = "Puts very many objects of 16 bytes, and compares pages of the listing with those of few.",
        mixinStandardHelpOptions = true)
final class FillCommand implements Callable<Integer> {
    private static final int SIZE = 16;
    private static final int PAGE = 1000;
    private static final int ROUNDS = 5;
    private static final int PAGES_A_ROUND = 200;
    private static final Duration LONGEST = Duration.ofHours(12);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--objects", paramLabel = "N", description = "in all; default 200000")
    private long objects = 200_000;

    @Option(names = "--few", paramLabel = "N", description = "objects in the listing to compare with; default 10000")
    private long few = 10_000;

    @Override
    public Integer call() throws Exception {
        ObjectCommand.refuse(spec, options.problem());
        ObjectCommand.refuse(
                spec, few < PAGE || objects < few ? "--few must be at least 1000, and --objects at least that" : null);
        var report = new Report(
                spec.commandLine().getOut(), "Landfall bench fill, " + objects + " objects of " + SIZE + " bytes");
        URI url = options.url;
        Path directory = ObjectCommand.directory(options);
        try (BenchNode node =
                url == null ? BenchNode.start(directory.resolve("cluster"), options.nodes) : BenchNode.running(url)) {
            run(node.open(options.durability(), options.direct()), report);
        } finally {
            Scratch.remove(directory);
        }
        return 0;
    }

    private void run(Side side, Report report) throws IOException {
        Events events = Objects.requireNonNull(side.events());
        var names = new Names("fill-" + System.nanoTime() + "/");
        long before = events.count();
        report.add(fill(side, names, 0, few));
        events.check(before, few);
        List<Leg> ofFew = list(side, names, few, report);
        report.add(fill(side, names, few, objects));
        events.check(before, objects);
        List<Leg> ofAll = list(side, names, objects, report);
        double one = medianOfP99(ofFew);
        double other = medianOfP99(ofAll);
        report.say(String.format(
                Locale.ROOT,
                "A page of %d: p99 %.2f ms of %d objects, %.2f ms of %d objects, ratio %.2f",
                PAGE,
                one,
                few,
                other,
                objects,
                other / one));
        report.write(options);
        if (options.json != null) {
            write(options.json, one, other);
        }
    }

    /** Names in the order of their numbers. */
    private record Names(String prefix) {
        String of(long number) {
            return prefix + String.format(Locale.ROOT, "%010d", number);
        }
    }

    private Leg fill(Side side, Names names, long from, long to) {
        ByteBuffer body = ByteBuffer.allocateDirect(SIZE);
        var next = new AtomicLong(from);
        Load.Hiring hiring = worker -> new Work(side) {
            private final ByteBuffer own = body.duplicate();

            @Override
            public void run(long index) throws IOException {
                String name = names.of(next.getAndIncrement());
                connections.of(name).put(side.prefix() + name, own);
            }
        };
        return new Load(options.workers, LONGEST, to - from, 0)
                .run(side.name(), "put", SIZE, side.sameProcess(), hiring);
    }

    private List<Leg> list(Side side, Names names, long there, Report report) {
        List<Leg> legs = new ArrayList<>();
        // The first only warms up.
        for (int round = 0; round <= ROUNDS; round++) {
            Leg leg = new Load(1, LONGEST, PAGES_A_ROUND, 0)
                    .run(side.name(), "list", SIZE, side.sameProcess(), pages(side, names, there, round));
            if (round > 0) {
                legs.add(report.add(leg));
            }
        }
        return legs;
    }

    private static Load.Hiring pages(Side side, Names names, long there, int seed) {
        String bucket = side.prefix().substring(0, side.prefix().length() - 1);
        return worker -> new Work(side) {
            private final SplittableRandom random = new SplittableRandom(seed);

            @Override
            public void run(long index) throws IOException {
                long after = random.nextLong(there - PAGE + 1);
                connections
                        .any()
                        .get(bucket + "?limit=" + PAGE + "&prefix=" + names.prefix() + "&after=" + names.of(after));
            }
        };
    }

    private static double medianOfP99(List<Leg> legs) {
        return legs.stream().mapToDouble(leg -> leg.millis(99)).sorted().toArray()[legs.size() / 2];
    }

    private static void write(Path file, double few, double all) throws IOException {
        var json = (com.fasterxml.jackson.databind.node.ObjectNode) Json.tree(Files.readAllBytes(file));
        json.putObject("pageP99Millis").put("few", few).put("all", all);
        Files.write(file, Json.write(json));
    }

    private abstract static class Work implements Load.Worker {
        final Side.Connections connections;

        Work(Side side) throws IOException {
            connections = side.connect();
        }

        @Override
        public void close() {
            connections.close();
        }
    }
}
