package dev.landfall.dev.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** PUT or GET: one leg for each size, or pairs of legs against raw and a verdict. */
final class ObjectBench {
    /**
     * How a bar is judged.
     *
     * @param warmUp of each side before the first pair
     * @param mostRead how many different objects are read at most
     */
    record Pairs(int count, Duration leg, Duration warmUp, int mostRead) {
        static final Pairs FULL = new Pairs(5, Duration.ofSeconds(10), Duration.ofSeconds(15), Requests.MOST_READ);
        /** Shows that it runs. Judges nothing. */
        static final Pairs QUICK = new Pairs(2, Duration.ofMillis(250), Duration.ofMillis(100), 200);
    }

    private final String operation;
    private final BenchOptions options;
    private final Report report;
    private int legs;

    /** @param operation {@code put} or {@code get} */
    ObjectBench(String operation, BenchOptions options, Report report) {
        this.operation = operation;
        this.options = options;
        this.report = report;
    }

    void measure(Side side) throws IOException {
        for (int size : options.sizes) {
            var requests = prepared(side, size, Requests.MOST_READ);
            report.add(leg(side, requests, size, options.load()));
        }
    }

    /** Interleaved: A B A B …, so that what the machine does besides meets both. */
    void compare(Side side, Side raw, Pairs pairs, boolean judged) throws IOException {
        Bars bars = Bars.load();
        for (int size : options.sizes) {
            Requests ours = prepared(side, size, pairs.mostRead);
            Requests limit = prepared(raw, size, pairs.mostRead);
            Load warmUp = new Load(options.workers, pairs.warmUp, 0, 0);
            leg(side, ours, size, warmUp);
            leg(raw, limit, size, warmUp);
            List<Leg> numerators = new ArrayList<>();
            List<Leg> denominators = new ArrayList<>();
            Load load = new Load(options.workers, pairs.leg, 0, 0);
            for (int i = 0; i < pairs.count; i++) {
                numerators.add(report.add(leg(side, ours, size, load)));
                denominators.add(report.add(leg(raw, limit, size, load)));
            }
            if (judged) {
                String what = operation.toUpperCase(java.util.Locale.ROOT) + " " + Sizes.text(size);
                bars.ofRaw(operation, size)
                        .ifPresent(bar -> report.add(Verdict.of(
                                what + " objects/s of raw",
                                bar,
                                true,
                                numerators.stream().map(Leg::perSecond).toList(),
                                denominators.stream().map(Leg::perSecond).toList())));
                bars.p99OfRaw(operation, size)
                        .ifPresent(bar -> report.add(Verdict.of(
                                what + " p99 of raw's",
                                bar,
                                false,
                                numerators.stream().map(leg -> leg.millis(99)).toList(),
                                denominators.stream().map(leg -> leg.millis(99)).toList())));
            }
        }
    }

    private Requests prepared(Side side, int size, int mostRead) throws IOException {
        var requests = new Requests(side, size, options.workers, mostRead);
        if (operation.equals("get")) {
            requests.fill();
        }
        return requests;
    }

    private Leg leg(Side side, Requests requests, int size, Load load) {
        Events events = side.events();
        boolean counts = operation.equals("put") && events != null;
        long before = counts && events != null ? events.count() : 0;
        Load.Hiring hiring =
                operation.equals("put") ? requests.puts("leg" + legs++ + "-" + System.nanoTime()) : requests.gets();
        Leg leg = load.run(side.name(), operation, size, side.sameProcess(), hiring);
        if (counts && events != null) {
            events.check(before, leg.operations());
        }
        return leg;
    }
}
