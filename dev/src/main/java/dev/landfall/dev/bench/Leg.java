package dev.landfall.dev.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What one side did in one leg.
 *
 * @param seconds from the first request to the last reply
 * @param latencies in nanoseconds; at a fixed rate from the moment a request was due, not from when it was sent
 * @param clientCpu seconds of the threads that sent
 * @param serverCpu seconds of everything else in this process; negative when the server is another process
 */
record Leg(
        String side,
        String operation,
        int size,
        long operations,
        double seconds,
        Histogram latencies,
        double clientCpu,
        double serverCpu) {
    double perSecond() {
        return operations / seconds;
    }

    double mibPerSecond() {
        return perSecond() * size / (1 << 20);
    }

    double millis(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }

    private double gib() {
        return (double) operations * size / (1 << 30);
    }

    ObjectNode json() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("side", side).put("operation", operation).put("size", size).put("operations", operations);
        json.put("seconds", seconds).put("objectsPerSecond", perSecond()).put("mibPerSecond", mibPerSecond());
        json.putObject("latencyMillis")
                .put("p50", millis(50))
                .put("p90", millis(90))
                .put("p99", millis(99))
                .put("p99.9", millis(99.9))
                .put("max", latencies.getMaxValue() / 1e6);
        ObjectNode cpu = json.putObject("cpuSecondsPerGiB").put("client", clientCpu / gib());
        if (serverCpu >= 0) {
            cpu.put("server", serverCpu / gib());
        }
        return json;
    }

    static String heading() {
        return String.format(
                Locale.ROOT,
                "%-14s %-4s %7s %10s %9s %8s %8s %8s %8s  %s",
                "side",
                "op",
                "size",
                "objects/s",
                "MiB/s",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "p99.9 ms",
                "CPU s/GiB client+server");
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%-14s %-4s %7s %10.0f %9.1f %8.2f %8.2f %8.2f %8.2f  %.2f+%s",
                side,
                operation,
                Sizes.text(size),
                perSecond(),
                mibPerSecond(),
                millis(50),
                millis(90),
                millis(99),
                millis(99.9),
                clientCpu / gib(),
                serverCpu < 0 ? "?" : String.format(Locale.ROOT, "%.2f", serverCpu / gib()));
    }
}
