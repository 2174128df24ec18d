package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resolves references to secrets. */
final class Secrets {
    private Secrets() {}

    /** @throws LandfallException {@code INVALID_ARGUMENT}; its message names the reference, never the secret */
    static String resolve(String remote, String reference) {
        int colon = reference.indexOf(':');
        String value = colon < 0 ? "" : reference.substring(colon + 1);
        return switch (colon < 0 ? "" : reference.substring(0, colon)) {
            case "env" -> {
                String found = System.getenv(value);
                if (found == null || found.isEmpty()) {
                    throw invalid(remote, "the environment variable " + value + " is not set");
                }
                yield found;
            }
            case "file" -> {
                try {
                    yield Files.readString(Path.of(value)).strip();
                } catch (IOException e) {
                    throw invalid(remote, "the file " + value + " cannot be read");
                }
            }
            case "literal" -> value;
            default -> throw invalid(remote, "write a credential as env:NAME or file:PATH");
        };
    }

    private static LandfallException invalid(String remote, String why) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, "Remote " + remote + ": " + why);
    }
}
