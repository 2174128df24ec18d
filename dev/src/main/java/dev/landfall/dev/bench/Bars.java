package dev.landfall.dev.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.OptionalDouble;

/** What {@code --check} asks for; the values are in {@code bars.json} and nowhere else. */
final class Bars {
    private final JsonNode json;

    private Bars(JsonNode json) {
        this.json = json;
    }

    static Bars load() {
        try (InputStream in = Bars.class.getResourceAsStream("bars.json")) {
            if (in == null) {
                throw new IllegalStateException("bars.json is missing from the program");
            }
            return new Bars(Json.tree(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The least share of raw's objects per second. */
    OptionalDouble ofRaw(String operation, int size) {
        return value(json.path(operation).path("objectsPerSecondOfRaw").path(Sizes.text(size)));
    }

    /** The most that p99 may be, as a multiple of raw's. */
    OptionalDouble p99OfRaw(String operation, int size) {
        return value(json.path(operation).path("p99OfRaw").path(Sizes.text(size)));
    }

    private static OptionalDouble value(JsonNode bar) {
        return bar.isNumber() ? OptionalDouble.of(bar.asDouble()) : OptionalDouble.empty();
    }
}
