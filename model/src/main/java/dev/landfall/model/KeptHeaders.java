package dev.landfall.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is kept of a PUT's headers besides the content type, and given back with GET and HEAD: five standard headers, and the user
 * metadata. Names are in lower case.
 */
public final class KeptHeaders {
    /** In alphabetical order. */
    public static final List<String> NAMES =
            List.of("cache-control", "content-disposition", "content-encoding", "content-language", "expires");

    /** The most characters of one kept header's value. */
    public static final int MAX_VALUE = 1024;

    /** The most bytes, in UTF-8, of the names (without prefix) and values of the user metadata together. */
    public static final int MAX_METADATA_BYTES = 2 << 10;

    private KeptHeaders() {}

    /** As people write a header: {@code cache-control} becomes {@code Cache-Control}. */
    public static String wire(String name) {
        var text = new StringBuilder();
        for (String word : name.split("-")) {
            text.append(text.isEmpty() ? "" : "-")
                    .append(word.substring(0, 1).toUpperCase(Locale.ROOT))
                    .append(word.substring(1));
        }
        return text.toString();
    }

    /** @throws LandfallException {@code INVALID_ARGUMENT} for another header, or a value that is not short printable ASCII */
    public static void check(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            if (!NAMES.contains(name)) {
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT, "The header " + name + " is not kept; kept are " + NAMES);
            }
            if (value.length() > MAX_VALUE || value.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT,
                        wire(name) + " must be at most " + MAX_VALUE + " printable ASCII characters");
            }
        });
    }

    /** @throws LandfallException {@code METADATA_TOO_LARGE} */
    public static void checkMetadata(Map<String, String> metadata) {
        long bytes = 0;
        for (var entry : metadata.entrySet()) {
            bytes += utf8(entry.getKey()) + utf8(entry.getValue());
        }
        if (bytes > MAX_METADATA_BYTES) {
            throw new LandfallException(
                    ErrorCode.METADATA_TOO_LARGE,
                    "The names and values of the user metadata have " + bytes + " bytes together; at most "
                            + MAX_METADATA_BYTES + " are kept");
        }
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
