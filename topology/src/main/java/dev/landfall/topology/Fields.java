package dev.landfall.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A mapping whose values are asked for by key and type; what is wrong is added to the problems, with its place. */
final class Fields {
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h)");

    private final YamlNode.Mapping node;
    private final String path;
    private final List<Problem> problems;

    private Fields(YamlNode.Mapping node, String path, List<Problem> problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    /** Null when the node is not a mapping; then and for each key that is not among the known ones there is a problem. */
    static @Nullable Fields of(YamlNode node, String path, Collection<String> known, List<Problem> problems) {
        Fields fields = any(node, path, problems);
        if (fields != null) {
            for (String key : fields.keys()) {
                if (!known.contains(key)) {
                    fields.problem(
                            key,
                            "is not known here" + Suggestion.of(key, known) + " (known: "
                                    + String.join(", ", known.stream().sorted().toList()) + ")");
                }
            }
        }
        return fields;
    }

    private static @Nullable Fields any(YamlNode node, String path, List<Problem> problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Fields(mapping, path, problems);
        }
        problems.add(new Problem(node.line(), node.column(), path, "must be a mapping, not " + node.kind()));
        return null;
    }

    Set<String> keys() {
        return new LinkedHashSet<>(node.entries().keySet());
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean has(String key) {
        return node.entries().containsKey(key);
    }

    /** At the key when it is there, else at the mapping. */
    void problem(String key, String message) {
        YamlNode.Place place = node.keys().get(key);
        problems.add(
                place == null
                        ? new Problem(node.line(), node.column(), path(key), message)
                        : new Problem(place.line(), place.column(), path(key), message));
    }

    @Nullable
    YamlNode required(String key) {
        YamlNode value = node.entries().get(key);
        if (value == null) {
            problem(key, "is missing");
        }
        return value;
    }

    @Nullable
    Fields requiredMapping(String key) {
        YamlNode value = required(key);
        return value == null ? null : any(value, path(key), problems);
    }

    @Nullable
    Fields optionalMapping(String key) {
        YamlNode value = node.entries().get(key);
        return value == null ? null : any(value, path(key), problems);
    }

    /** A mapping with known keys. */
    @Nullable
    Fields mapping(String key, Collection<String> known, boolean required) {
        YamlNode value = required ? required(key) : node.entries().get(key);
        return value == null ? null : of(value, path(key), known, problems);
    }

    @Nullable
    String requiredText(String key) {
        YamlNode value = required(key);
        return value == null ? null : text(value, path(key));
    }

    @Nullable
    String optionalText(String key) {
        YamlNode value = node.entries().get(key);
        return value == null ? null : text(value, path(key));
    }

    private @Nullable String text(YamlNode value, String at) {
        if (value instanceof YamlNode.Scalar scalar && !scalar.empty()) {
            return scalar.text();
        }
        problems.add(new Problem(value.line(), value.column(), at, "must be a text, not " + value.kind()));
        return null;
    }

    /** A list of texts with at least one; null when it is missing or wrong. */
    @Nullable
    List<String> texts(String key, boolean alsoOne) {
        YamlNode value = node.entries().get(key);
        if (value == null) {
            return null;
        }
        if (alsoOne && value instanceof YamlNode.Scalar) {
            String one = text(value, path(key));
            return one == null ? null : List.of(one);
        }
        if (!(value instanceof YamlNode.Sequence sequence)) {
            problem(key, "must be a list, not " + value.kind());
            return null;
        }
        if (sequence.items().isEmpty()) {
            problem(key, "must not be empty");
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            String text = text(sequence.items().get(i), path(key) + "[" + i + "]");
            if (text != null) {
                texts.add(text);
            }
        }
        return texts.size() == sequence.items().size() ? texts : null;
    }

    int number(String key, int min, int max, int otherwise) {
        String text = optionalText(key);
        if (text != null) {
            if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= min && Integer.parseInt(text) <= max) {
                return Integer.parseInt(text);
            }
            problem(key, "must be a number from " + min + " to " + max + ", not \"" + text + "\"");
        }
        return otherwise;
    }

    boolean flag(String key) {
        String text = optionalText(key);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            problem(key, "must be true or false, not \"" + text + "\"");
        }
        return "true".equals(text);
    }

    Duration duration(String key, Duration max, Duration otherwise) {
        String text = optionalText(key);
        if (text == null) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            problem(key, "must be a duration such as 500ms, 60s, 5m or 1h, not \"" + text + "\"");
            return otherwise;
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (duration.compareTo(max) > 0) {
            problem(key, "must be at most " + max.toSeconds() + "s");
            return otherwise;
        }
        return duration;
    }
}
