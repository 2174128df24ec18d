package dev.landfall.dev.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Prints every leg as it ends, and keeps all of them for the file and the chart. */
final class Report {
    private final PrintWriter out;
    private final String title;
    private final List<Leg> legs = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    Report(PrintWriter out, String title) {
        this.out = out;
        this.title = title;
        say(title);
        say(Leg.heading());
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    Leg add(Leg leg) {
        legs.add(leg);
        say(leg.line());
        return leg;
    }

    void add(Verdict verdict) {
        verdicts.add(verdict);
        say(verdict.line());
    }

    List<Verdict> verdicts() {
        return verdicts;
    }

    void write(BenchOptions options) throws IOException {
        if (options.json != null) {
            Files.write(options.json, Json.write(json(options)));
        }
        if (options.chart != null) {
            Path file = options.chart.toAbsolutePath();
            Chart.of(title, legs)
                    .write(
                            file.resolveSibling(file.getFileName() + ".svg"),
                            file.resolveSibling(file.getFileName() + ".png"));
        }
    }

    private ObjectNode json(BenchOptions options) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("title", title).put("time", Instant.now().toString());
        json.put("workers", options.workers).put("durability", options.durability.name());
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("java", Runtime.version().toString());
        ArrayNode all = json.putArray("legs");
        legs.forEach(leg -> all.add(leg.json()));
        if (!verdicts.isEmpty()) {
            ArrayNode judged = json.putArray("verdicts");
            verdicts.forEach(verdict -> judged.add(verdict.json()));
        }
        return json;
    }
}
