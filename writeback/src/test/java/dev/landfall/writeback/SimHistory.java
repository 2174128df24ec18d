package dev.landfall.writeback;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened in a run, when somebody wants to know. */
final class SimHistory {
    private final SimLoop loop;
    private final boolean wanted;
    private final List<String> lines = new ArrayList<>();

    SimHistory(SimLoop loop, boolean wanted) {
        this.loop = loop;
        this.wanted = wanted;
    }

    void add(Supplier<String> line) {
        if (wanted) {
            lines.add(String.format(Locale.ROOT, "%10.4f  %s", loop.nanos / 1e9, line.get()));
        }
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
