package dev.landfall.node.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One mapping of the file. Reads typed values, remembers which keys were asked for, and collects what is wrong with its path. */
final class Section {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})\\s*(B|KiB|MiB|GiB|TiB)?");

    private final @Nullable JsonNode node;
    private final String path;
    private final List<String> problems;
    private final Set<String> known = new HashSet<>();

    Section(@Nullable JsonNode node, String path, List<String> problems) {
        this.problems = problems;
        this.path = path;
        boolean mapping = node != null && node.isObject();
        if (node != null && !mapping && !node.isNull() && !node.isMissingNode()) {
            problems.add((path.isEmpty() ? "the file" : path) + ": must be a mapping of keys to values");
        }
        this.node = mapping ? node : null;
    }

    Section section(String key) {
        return new Section(get(key), at(key), problems);
    }

    /** The sections of a mapping whose keys are names. */
    Map<String, Section> sections(String key) {
        Map<String, Section> sections = new LinkedHashMap<>();
        Section all = section(key);
        if (all.node != null) {
            all.node
                    .properties()
                    .forEach(e -> sections.put(e.getKey(), new Section(e.getValue(), all.at(e.getKey()), problems)));
        }
        return sections;
    }

    boolean has(String key) {
        return get(key) != null;
    }

    String text(String key, String otherwise) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isValueNode()) {
            problem(key, "must be one value");
            return otherwise;
        }
        return value.asText();
    }

    String required(String key, String whatToDo) {
        String value = text(key, "");
        if (value.isEmpty() && (node == null || !node.path(key).isContainerNode())) {
            problem(key, "is missing; " + whatToDo);
        }
        return value;
    }

    int number(String key, int otherwise, int least, int most) {
        JsonNode value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isInt() || value.asInt() < least || value.asInt() > most) {
            problem(key, "must be a whole number from " + least + " to " + most);
            return otherwise;
        }
        return value.asInt();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = get(key);
        if (value != null && !value.isBoolean()) {
            problem(key, "must be true or false");
        }
        return value == null || !value.isBoolean() ? otherwise : value.asBoolean();
    }

    Duration duration(String key, Duration otherwise) {
        String value = text(key, "");
        Matcher match = DURATION.matcher(value);
        if (value.isEmpty() || !match.matches()) {
            if (!value.isEmpty()) {
                problem(key, "must be a duration such as 500ms, 30s, 5m or 24h");
            }
            return otherwise;
        }
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    long size(String key, long otherwise) {
        String value = text(key, "");
        Matcher match = SIZE.matcher(value);
        if (value.isEmpty() || !match.matches()) {
            if (!value.isEmpty()) {
                problem(key, "must be a size such as 512MiB or 64GiB");
            }
            return otherwise;
        }
        String unit = match.group(2);
        int power = unit == null ? 0 : List.of("B", "KiB", "MiB", "GiB", "TiB").indexOf(unit);
        return Long.parseLong(match.group(1)) << 10 * power;
    }

    @Nullable
    URI uri(String key, String whatToDo) {
        String value = required(key, whatToDo);
        try {
            URI uri = URI.create(value);
            if (value.isEmpty()
                    || uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return value.isEmpty() ? null : uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        problem(key, "must be a URL such as https://s3.eu-central-1.amazonaws.com");
        return null;
    }

    List<String> texts(String key) {
        JsonNode value = get(key);
        List<String> texts = new ArrayList<>();
        if (value != null && !value.isArray()) {
            problem(key, "must be a list");
        } else if (value != null) {
            value.forEach(element -> texts.add(element.asText()));
        }
        return texts;
    }

    /** Every key with its value as text: for what is passed on. */
    Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        if (node != null) {
            node.properties().forEach(e -> {
                known.add(e.getKey());
                if (e.getValue().isValueNode()) {
                    all.put(e.getKey(), e.getValue().asText());
                } else {
                    problem(
                            e.getKey(),
                            "must be one value; write a property's name in one piece, for example bootstrap.servers");
                }
            });
        }
        return all;
    }

    void problem(String key, String what) {
        problems.add(at(key) + ": " + what);
    }

    /** Reports the keys that nobody asked for. Call it last. */
    void refuseUnknown() {
        if (node != null) {
            node.fieldNames().forEachRemaining(key -> {
                if (!known.contains(key)) {
                    problem(
                            key,
                            "is not known here; known are "
                                    + known.stream().sorted().toList());
                }
            });
        }
    }

    private @Nullable JsonNode get(String key) {
        known.add(key);
        JsonNode value = node == null ? null : node.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
