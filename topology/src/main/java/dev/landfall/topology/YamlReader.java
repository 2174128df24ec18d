package dev.landfall.topology;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads YAML into {@link YamlNode}s. A key that is written twice is a problem, as is an anchor, a tag or a second document. */
final class YamlReader {
    private static final YAMLFactory FACTORY = new YAMLFactory();
    private static final int MAX_DEPTH = 16;

    private final YAMLParser parser;
    private final List<Problem> problems;

    private YamlReader(YAMLParser parser, List<Problem> problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** Returns null, and adds a problem, when the text is not YAML at all. */
    static @Nullable YamlNode read(String text, List<Problem> problems) {
        try (YAMLParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                problems.add(new Problem(1, 1, "", "the file is empty"));
                return null;
            }
            YamlNode root = new YamlReader(parser, problems).node("", 0);
            if (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                problems.add(new Problem(at.getLineNr(), at.getColumnNr(), "", "a topology file is one YAML document"));
            }
            return root;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            problems.add(new Problem(
                    at == null ? 1 : Math.max(1, at.getLineNr()),
                    at == null ? 1 : Math.max(1, at.getColumnNr()),
                    "",
                    "this is not YAML: " + firstLines(e.getOriginalMessage())));
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String firstLines(String message) {
        return message.lines()
                .limit(2)
                .map(String::strip)
                .reduce((a, b) -> a + ": " + b)
                .orElse("");
    }

    private YamlNode node(String path, int depth) throws IOException {
        JsonLocation at = parser.currentTokenLocation();
        int line = at.getLineNr();
        int column = at.getColumnNr();
        if (parser.getTypeId() != null || parser.getObjectId() != null) {
            problems.add(new Problem(line, column, path, "tags and anchors are not used here; write the value out"));
        }
        JsonToken token = parser.currentToken();
        if (token.isStructStart() && depth == MAX_DEPTH) {
            problems.add(new Problem(line, column, path, "nothing here is nested so deep"));
            parser.skipChildren();
            return new YamlNode.Scalar(line, column, "", true);
        }
        return switch (token) {
            case START_OBJECT -> mapping(line, column, path, depth);
            case START_ARRAY -> {
                List<YamlNode> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(node(path + "[" + items.size() + "]", depth + 1));
                }
                yield new YamlNode.Sequence(line, column, items);
            }
            case VALUE_NULL -> new YamlNode.Scalar(line, column, "", true);
            default -> new YamlNode.Scalar(line, column, parser.getText(), false);
        };
    }

    private YamlNode mapping(int line, int column, String path, int depth) throws IOException {
        var entries = new LinkedHashMap<String, YamlNode>();
        var keys = new LinkedHashMap<String, YamlNode.Place>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            JsonLocation at = parser.currentTokenLocation();
            var place = new YamlNode.Place(at.getLineNr(), at.getColumnNr());
            String keyPath = path.isEmpty() ? key : path + "." + key;
            parser.nextToken();
            YamlNode value = node(keyPath, depth + 1);
            YamlNode.Place first = keys.putIfAbsent(key, place);
            if (first == null) {
                entries.put(key, value);
            } else {
                problems.add(new Problem(
                        place.line(),
                        place.column(),
                        keyPath,
                        "is written twice; the first is at " + first.line() + ":" + first.column()));
            }
        }
        return new YamlNode.Mapping(line, column, entries, keys);
    }
}
