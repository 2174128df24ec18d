package dev.landfall.topology;

import dev.landfall.model.BucketName;
import dev.landfall.model.LandfallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code pipelines}. */
final class PipelineReader {
    private static final int MAX_CONCURRENCY = 1024;
    private static final int DEFAULT_ATTEMPTS = 5;
    private static final Duration DEFAULT_BACKOFF = Duration.ofSeconds(1);

    private PipelineReader() {}

    static @Nullable PipelineSpec read(String name, Fields flows, Set<String> transforms, List<Problem> problems) {
        Fields fields = flows.mapping(name, Set.of("from", "via", "to", "concurrency", "retry"), true);
        if (fields == null) {
            return null;
        }
        int before = problems.size();
        Fields from = fields.mapping("from", Set.of("bucket", "match"), true);
        BucketName source = from == null ? null : bucket(from);
        List<Glob> match = from == null ? List.of() : match(from);
        List<String> via = via(fields, transforms);
        Fields to = fields.mapping("to", Set.of("bucket", "name", "overwrite"), true);
        BucketName destination = to == null ? null : bucket(to);
        NameTemplate outputName = to == null ? null : outputName(to);
        boolean overwrite = to != null && to.flag("overwrite");
        int concurrency = fields.number("concurrency", 1, MAX_CONCURRENCY, 0);
        Fields retry = fields.mapping("retry", Set.of("attempts", "backoff"), false);
        int attempts = retry == null ? DEFAULT_ATTEMPTS : retry.number("attempts", 1, 100, DEFAULT_ATTEMPTS);
        Duration backoff =
                retry == null ? DEFAULT_BACKOFF : retry.duration("backoff", PipelineSpec.MAX_BACKOFF, DEFAULT_BACKOFF);
        if (retry != null && attempts == 1 && retry.has("backoff")) {
            retry.problem("backoff", "has no use with attempts: 1");
        }
        if (source == null || destination == null || outputName == null || problems.size() > before) {
            return null;
        }
        return new PipelineSpec(
                name, source, match, via, destination, outputName, overwrite, concurrency, attempts, backoff);
    }

    private static @Nullable BucketName bucket(Fields fields) {
        String text = fields.requiredText("bucket");
        if (text == null) {
            return null;
        }
        try {
            return new BucketName(text);
        } catch (LandfallException e) {
            fields.problem("bucket", e.getMessage());
            return null;
        }
    }

    private static List<Glob> match(Fields from) {
        List<Glob> globs = new ArrayList<>();
        List<String> patterns = from.texts("match", true);
        for (String pattern : patterns == null ? List.<String>of() : patterns) {
            if (pattern.isEmpty() || pattern.length() > Glob.MAX_LENGTH) {
                from.problem("match", "a pattern has 1 to " + Glob.MAX_LENGTH + " characters");
            } else if (pattern.chars().anyMatch(c -> "{}[]\\".indexOf(c) >= 0)) {
                from.problem(
                        "match",
                        "\"" + pattern + "\": patterns know *, ** and ?; for alternatives write a list of patterns");
            } else {
                globs.add(Glob.parse(pattern));
            }
        }
        return globs;
    }

    private static List<String> via(Fields fields, Set<String> transforms) {
        if (!fields.has("via")) {
            fields.problem("via", "is missing: name at least one transform");
            return List.of();
        }
        List<String> via = fields.texts("via", false);
        for (String name : via == null ? List.<String>of() : via) {
            if (!transforms.contains(name)) {
                fields.problem("via", "there is no transform \"" + name + "\"" + Suggestion.of(name, transforms));
            }
        }
        return via == null ? List.of() : via;
    }

    private static @Nullable NameTemplate outputName(Fields to) {
        String text = to.requiredText("name");
        if (text == null) {
            return null;
        }
        List<String> errors = new ArrayList<>();
        NameTemplate template = NameTemplate.parse(text, errors);
        errors.forEach(error -> to.problem("name", error));
        return errors.isEmpty() ? template : null;
    }
}
