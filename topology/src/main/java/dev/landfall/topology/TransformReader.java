package dev.landfall.topology;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code transforms}. */
final class TransformReader {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(24);

    private TransformReader() {}

    static @Nullable TransformSpec read(String name, Fields declared, List<Problem> problems) {
        Fields fields = declared.mapping(name, Set.of("exec", "timeout"), true);
        if (fields == null) {
            return null;
        }
        if (!fields.has("exec")) {
            declared.problem(name, "has no kind; the kinds of transform in this release: exec");
            return null;
        }
        List<String> command = fields.texts("exec", false);
        Duration timeout = fields.duration("timeout", MAX_TIMEOUT, DEFAULT_TIMEOUT);
        if (command == null) {
            return null;
        }
        if (command.getFirst().isBlank() || command.getFirst().contains("{")) {
            fields.problem("exec", "must begin with the program to run");
            return null;
        }
        for (String argument : command) {
            if (argument.indexOf('\0') >= 0) {
                fields.problem("exec", "must not contain a NUL character");
                return null;
            }
        }
        return new TransformSpec.Exec(name, command, timeout);
    }
}
