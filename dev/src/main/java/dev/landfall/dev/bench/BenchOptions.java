package dev.landfall.dev.bench;

import dev.landfall.model.Durability;
import dev.landfall.node.cli.Durations;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What the benchmarks have in common. */
final class BenchOptions {
    enum Sync {
        fsync,
        os
    }

    /** Which server a request goes to. */
    static final class Way {
        @Option(names = "--direct", description = "each request to the owner of its key; the default")
        boolean direct;

        @Option(names = "--via-any", description = "requests to all nodes in turn, which pass them on to the owners")
        boolean viaAny;
    }

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            split = ",",
            description = "default 4KiB,128KiB,1MiB,10MiB",
            converter = Sizes.class)
    List<Integer> sizes = List.of(4 << 10, 128 << 10, 1 << 20, 10 << 20);

    @Option(names = "--workers", paramLabel = "N", description = "connections, each with a thread; default 10")
    int workers = 10;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "of a leg; default 10s",
            converter = Durations.class)
    Duration duration = Duration.ofSeconds(10);

    @Option(names = "--total", paramLabel = "N", description = "ends a leg after so many requests")
    long total;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "requests a second, sent when they are due; default: as fast as replies come")
    double rate;

    @Option(names = "--durability", paramLabel = "WHEN", description = "${COMPLETION-CANDIDATES}; default os")
    Sync durability = Sync.os;

    @ArgGroup(exclusive = true)
    @Nullable
    Way way;

    @Option(names = "--url", paramLabel = "URL", description = "of a cluster that runs; default: one made for the run")
    @Nullable
    URI url;

    @Option(names = "--nodes", paramLabel = "N", description = "of the cluster made for the run; default 1")
    int nodes = 1;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "directory on the disk to be measured; default: the temporary one")
    @Nullable
    Path data;

    @Option(names = "--json", paramLabel = "FILE", description = "writes all figures")
    @Nullable
    Path json;

    @Option(names = "--chart", paramLabel = "FILE", description = "draws the figures: FILE.svg and FILE.png")
    @Nullable
    Path chart;

    Durability durability() {
        return Durability.valueOf(durability.name().toUpperCase(Locale.ROOT));
    }

    boolean direct() {
        return way == null || !way.viaAny;
    }

    Load load() {
        return new Load(workers, duration, total, rate);
    }

    /** What is wrong with the options, as a sentence; null when nothing is. */
    @Nullable
    String problem() {
        if (workers < 1 || workers > 1000) {
            return "--workers must be from 1 to 1000";
        }
        if (nodes < 1 || nodes > 8) {
            return "--nodes must be from 1 to 8";
        }
        return rate < 0 || total < 0 ? "--rate and --total must not be negative" : null;
    }
}
