package dev.landfall.dev.demo;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** {@code p50 1.2 ms, p99 9.8 ms}. */
final class Percentiles {
    private Percentiles() {}

    static String of(Collection<Duration> times) {
        if (times.isEmpty()) {
            return "none measured";
        }
        List<Duration> sorted = times.stream().sorted().toList();
        return String.format(Locale.ROOT, "p50 %s, p99 %s", at(sorted, 0.50), at(sorted, 0.99));
    }

    private static String at(List<Duration> sorted, double share) {
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return String.format(
                Locale.ROOT, "%.1f ms", sorted.get(Math.max(0, index)).toNanos() / 1e6);
    }
}
