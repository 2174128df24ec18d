package dev.landfall.topology;

import java.time.Duration;
import java.util.List;

/** A transform as a topology file declares it. */
public sealed interface TransformSpec {
    String name();

    /**
     * A command, run without a shell.
     *
     * @param command program and arguments. {@code {input}} stands for the path of the input, without it the input is on stdin;
     *     {@code {output}} for the path to write to, without it the output is taken from stdout
     * @param timeout after which it is killed
     */
    record Exec(String name, List<String> command, Duration timeout) implements TransformSpec {
        public static final String INPUT = "{input}";
        public static final String OUTPUT = "{output}";

        public Exec {
            command = List.copyOf(command);
        }

        public boolean inputByPath() {
            return command.stream().anyMatch(argument -> argument.contains(INPUT));
        }

        public boolean outputByPath() {
            return command.stream().anyMatch(argument -> argument.contains(OUTPUT));
        }
    }
}
