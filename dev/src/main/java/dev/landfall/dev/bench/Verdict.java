package dev.landfall.dev.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How one figure compares with its bar: the median of the ratios of interleaved pairs.
 *
 * @param bar what the median must reach, or must not exceed
 * @param atLeast whether it must be reached
 * @param spread how much the denominators differ: largest less smallest, as a share of their median
 */
record Verdict(
        String what,
        double bar,
        boolean atLeast,
        double median,
        double min,
        double max,
        double spread,
        Outcome outcome) {
    enum Outcome {
        MET,
        MISSED,
        TOO_NOISY
    }

    /** A denominator that varies by more says nothing. */
    static final double NOISE = 0.30;

    static Verdict of(String what, double bar, boolean atLeast, List<Double> numerators, List<Double> denominators) {
        if (numerators.isEmpty() || numerators.size() != denominators.size()) {
            throw new IllegalArgumentException("Pairs are needed");
        }
        List<Double> ratios = IntStream.range(0, numerators.size())
                .mapToObj(i -> numerators.get(i) / denominators.get(i))
                .sorted()
                .toList();
        List<Double> sorted = denominators.stream().sorted().toList();
        double spread = (sorted.getLast() - sorted.getFirst()) / median(sorted);
        double median = median(ratios);
        boolean met = atLeast ? median >= bar : median <= bar;
        Outcome outcome = spread > NOISE ? Outcome.TOO_NOISY : met ? Outcome.MET : Outcome.MISSED;
        return new Verdict(what, bar, atLeast, median, ratios.getFirst(), ratios.getLast(), spread, outcome);
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** 0 when every bar is met, 1 when one is missed, 2 when none is but something was too noisy to tell. */
    static int exitCode(List<Verdict> verdicts) {
        if (verdicts.stream().anyMatch(verdict -> verdict.outcome == Outcome.MISSED)) {
            return 1;
        }
        return verdicts.stream().anyMatch(verdict -> verdict.outcome == Outcome.TOO_NOISY) ? 2 : 0;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%-9s %-28s median %.2f (%.2f to %.2f), bar %s %.2f, the denominator varied by %.0f %%",
                switch (outcome) {
                    case MET -> "met";
                    case MISSED -> "MISSED";
                    case TOO_NOISY -> "too noisy";
                },
                what,
                median,
                min,
                max,
                atLeast ? ">=" : "<=",
                bar,
                spread * 100);
    }

    ObjectNode json() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("what", what).put("outcome", outcome.name().toLowerCase(Locale.ROOT));
        json.put("median", median).put("min", min).put("max", max);
        json.put("bar", bar).put("atLeast", atLeast).put("denominatorSpread", spread);
        return json;
    }
}
