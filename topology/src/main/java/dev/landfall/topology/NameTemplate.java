package dev.landfall.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the name of an output is made from the name of its source: text with {@code {name}} (the whole name), {@code {stem}} (the name
 * without its extension), {@code {ext}} (the extension, without the dot), {@code {dir}} (the directories, ending in a slash, or nothing)
 * and {@code {base}} (the last segment without its extension). {@code {name}} is {@code {stem}.{ext}}, {@code {stem}} is
 * {@code {dir}{base}}.
 */
final class NameTemplate {
    static final List<String> FIELDS = List.of("name", "stem", "ext", "dir", "base");
    private static final Pattern FIELD = Pattern.compile("\\{([^{}]*)}");

    private final String text;

    private NameTemplate(String text) {
        this.text = text;
    }

    /** Adds what is wrong to {@code errors}. */
    static NameTemplate parse(String text, List<String> errors) {
        Matcher fields = FIELD.matcher(text);
        boolean any = false;
        while (fields.find()) {
            String field = fields.group(1);
            if (!FIELDS.contains(field)) {
                errors.add("{" + field + "} is not one of {name}, {stem}, {ext}, {dir}, {base}"
                        + Suggestion.of(field, FIELDS));
            } else {
                any |= !field.equals("ext");
            }
        }
        String rest = FIELD.matcher(text).replaceAll("");
        if (rest.contains("{") || rest.contains("}")) {
            errors.add("a brace is not closed, or not opened");
        } else if (!any && errors.isEmpty()) {
            errors.add("every source would get the same output; use {name}, {stem}, {base} or {dir}");
        }
        return new NameTemplate(text);
    }

    String apply(String name) {
        int slash = name.lastIndexOf('/');
        int dot = name.lastIndexOf('.');
        boolean hasExtension = dot > slash + 1;
        String stem = hasExtension ? name.substring(0, dot) : name;
        return FIELD.matcher(text)
                .replaceAll(field -> Matcher.quoteReplacement(
                        switch (field.group(1)) {
                            case "name" -> name;
                            case "stem" -> stem;
                            case "ext" -> hasExtension ? name.substring(dot + 1) : "";
                            case "dir" -> name.substring(0, slash + 1);
                            default -> stem.substring(slash + 1);
                        }));
    }

    /** A pattern that every name this makes fits. */
    Glob shape() {
        List<String> parts = new ArrayList<>();
        Matcher fields = FIELD.matcher(text);
        int end = 0;
        while (fields.find()) {
            parts.add(text.substring(end, fields.start()));
            parts.add(fields.group(1).equals("ext") || fields.group(1).equals("base") ? "*" : "**");
            end = fields.end();
        }
        parts.add(text.substring(end));
        return Glob.parse(String.join("", parts));
    }

    @Override
    public String toString() {
        return text;
    }
}
