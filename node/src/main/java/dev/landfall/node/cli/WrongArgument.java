package dev.landfall.node.cli;

import dev.landfall.model.LandfallException;
import java.io.Serial;
import java.util.function.Supplier;

/** An argument that says something else than the command can take: exit code 2. */
final class WrongArgument extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    WrongArgument(String sentence) {
        super(sentence);
    }

    /** What the arguments say; only for what is decided here, not for what a server answers. */
    static <T> T unless(Supplier<T> read) {
        try {
            return read.get();
        } catch (LandfallException e) {
            throw new WrongArgument(String.valueOf(e.getMessage()));
        }
    }
}
