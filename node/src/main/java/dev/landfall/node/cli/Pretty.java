package dev.landfall.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.Json;
import java.io.UncheckedIOException;

/** JSON for people. */
final class Pretty {
    private Pretty() {}

    static String json(JsonNode node) {
        try {
            return node.isMissingNode()
                    ? ""
                    : Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
