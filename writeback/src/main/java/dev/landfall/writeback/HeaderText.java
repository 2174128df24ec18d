package dev.landfall.writeback;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text in a header that takes only ASCII: what is more is written as RFC 2047 has it, which is also how S3 itself shows such metadata. */
final class HeaderText {
    private static final String BEGIN = "=?UTF-8?B?";
    private static final String END = "?=";

    private HeaderText() {}

    static String encode(String text) {
        return text.chars().allMatch(c -> c >= 0x20 && c < 0x7f) && !text.startsWith(BEGIN)
                ? text
                : BEGIN + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + END;
    }

    /** Whatever is not written so stays as it is. */
    static String decode(String text) {
        if (!text.startsWith(BEGIN) || !text.endsWith(END) || text.length() < BEGIN.length() + END.length()) {
            return text;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text.substring(BEGIN.length(), text.length() - END.length()));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
