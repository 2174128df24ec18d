package dev.landfall.ingest.auth;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.regex.Pattern;

/** What a signature says of the body: the values of {@code x-amz-content-sha256}. */
sealed interface Payload {
    Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** Nothing. */
    record Unsigned() implements Payload {}

    /** Its SHA-256. */
    record Hash(String hex) implements Payload {}

    /** It comes in chunks. @param signed each with a signature of its own @param trailer followed by trailers */
    record Chunks(boolean signed, boolean trailer) implements Payload {}

    /** @throws LandfallException {@code INVALID_REQUEST}, {@code NOT_IMPLEMENTED} */
    static Payload parse(String text) {
        return switch (text) {
            case "UNSIGNED-PAYLOAD" -> new Unsigned();
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" -> new Chunks(true, false);
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" -> new Chunks(true, true);
            case "STREAMING-UNSIGNED-PAYLOAD-TRAILER" -> new Chunks(false, true);
            default -> {
                if (HASH.matcher(text).matches()) {
                    yield new Hash(text);
                }
                throw text.startsWith("STREAMING-")
                        ? new LandfallException(
                                ErrorCode.NOT_IMPLEMENTED, "This x-amz-content-sha256 is not offered: " + text)
                        : new LandfallException(
                                ErrorCode.INVALID_REQUEST,
                                "x-amz-content-sha256 is the SHA-256 of the body in hexadecimal digits, UNSIGNED-PAYLOAD or a STREAMING value");
            }
        };
    }
}
