package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding, exactly: {@code %2F} is a slash, {@code +} is a plus, and what is not valid is refused rather than guessed. */
public final class Percent {
    private Percent() {}

    /** @throws LandfallException {@link ErrorCode#INVALID_ARGUMENT} for a bad escape or what is not UTF-8 */
    public static String decode(String raw) {
        if (raw.indexOf('%') < 0 && isAscii(raw)) {
            return raw;
        }
        var bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
                int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0 || raw.charAt(i + 1) > 0x7f || raw.charAt(i + 2) > 0x7f) {
                    throw invalid(
                            "The URL has a \"%\" that is not followed by two hexadecimal digits; write %25 for a percent sign");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c < 0x100) {
                bytes.write(c); // the parser hands over raw bytes as Latin-1
            } else {
                throw invalid("The URL has characters that are not percent-encoded");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "The URL is not percent-encoded UTF-8", e);
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Encodes everything but letters, digits and {@code - . _ ~}: a slash too. */
    public static String encode(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int c = b & 0xff;
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0) {
                out.append((char) c);
            } else {
                out.append('%').append(hex(c >> 4)).append(hex(c & 15));
            }
        }
        return out.toString();
    }

    private static char hex(int digit) {
        return "0123456789ABCDEF".charAt(digit);
    }

    private static LandfallException invalid(String why) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, why);
    }
}
