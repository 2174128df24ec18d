package dev.landfall.ingest.objects;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Timeouts as people write them: {@code 500ms}, {@code 60s}, {@code 5m}. */
public final class Durations {
    private static final Duration MOST = Duration.ofHours(1);
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(ms|s|m)");

    private Durations() {}

    /** 60 s when there is none; at most an hour. @throws LandfallException {@link ErrorCode#INVALID_ARGUMENT} */
    public static Duration parse(@Nullable String text) {
        if (text == null) {
            return Duration.ofSeconds(60);
        }
        Matcher parts = TEXT.matcher(text);
        if (parts.matches()) {
            long number = Long.parseLong(parts.group(1));
            Duration duration = switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
            if (duration.compareTo(MOST) <= 0) {
                return duration;
            }
        }
        throw new LandfallException(
                ErrorCode.INVALID_ARGUMENT, "timeout is written like 500ms, 60s or 5m, and is at most 60m");
    }
}
