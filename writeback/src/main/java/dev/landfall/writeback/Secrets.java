package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Resolves references to secrets: {@code env:NAME}, {@code file:PATH}, or (for {@code dev} only) {@code literal:VALUE}. */
public final class Secrets {
    /** Says why there is no secret; names the reference, never the secret. */
    private static final class Missing extends Exception {
        Missing(String why) {
            super(why);
        }
    }

    private Secrets() {}

    /** @throws LandfallException {@code INVALID_ARGUMENT}; its message names the reference, never the secret */
    static String resolve(String remote, String reference) {
        try {
            return read(reference);
        } catch (Missing e) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "Remote " + remote + ": " + e.getMessage(), e);
        }
    }

    /** Why the reference cannot be resolved now, as a sentence without the secret; null when it can. */
    public static @Nullable String problem(String reference) {
        try {
            read(reference);
            return null;
        } catch (Missing e) {
            return e.getMessage();
        }
    }

    private static String read(String reference) throws Missing {
        int colon = reference.indexOf(':');
        String value = colon < 0 ? "" : reference.substring(colon + 1);
        return switch (colon < 0 ? "" : reference.substring(0, colon)) {
            case "env" -> {
                String found = System.getenv(value);
                if (found == null || found.isBlank()) {
                    throw new Missing("the environment variable " + value + " is not set");
                }
                yield found;
            }
            case "file" -> file(value);
            case "literal" -> value;
            default -> throw new Missing("write a credential as env:NAME or file:PATH");
        };
    }

    private static String file(String path) throws Missing {
        try {
            String found = Files.readString(Path.of(path)).strip();
            if (found.isEmpty()) {
                throw new Missing("the file " + path + " is empty");
            }
            return found;
        } catch (IOException | InvalidPathException e) {
            throw new Missing("the file " + path + " cannot be read");
        }
    }
}
