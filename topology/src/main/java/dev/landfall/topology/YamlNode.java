package dev.landfall.topology;

import java.util.LinkedHashMap;
import java.util.List;

/** YAML with the place of everything, so that a mistake can be shown where it is. */
sealed interface YamlNode {
    int line();

    int column();

    /** What a reader would call it. */
    String kind();

    /** @param keys the places of the keys */
    record Mapping(int line, int column, LinkedHashMap<String, YamlNode> entries, LinkedHashMap<String, Place> keys)
            implements YamlNode {
        @Override
        public String kind() {
            return "a mapping";
        }
    }

    record Sequence(int line, int column, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** @param empty whether nothing (or null) was written */
    record Scalar(int line, int column, String text, boolean empty) implements YamlNode {
        @Override
        public String kind() {
            return empty ? "nothing" : "\"" + text + "\"";
        }
    }

    record Place(int line, int column) {}
}
