package dev.landfall.ingest.objects;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates in headers (RFC 9110, 5.6.7): one form to write, that and the two old ones to read. */
public final class HttpDates {
    private static final DateTimeFormatter FIXED = of("EEE, dd MMM yyyy HH:mm:ss 'GMT'");
    private static final DateTimeFormatter RFC_850 = new DateTimeFormatterBuilder()
            .appendPattern("EEEE, dd-MMM-")
            .appendValueReduced(ChronoField.YEAR, 2, 2, LocalDate.of(1970, 1, 1))
            .appendPattern(" HH:mm:ss 'GMT'")
            .toFormatter(Locale.US)
            .withZone(ZoneOffset.UTC);
    private static final List<DateTimeFormatter> READ = List.of(FIXED, RFC_850, of("EEE MMM d HH:mm:ss yyyy"));

    private HttpDates() {}

    private static DateTimeFormatter of(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.US).withZone(ZoneOffset.UTC);
    }

    static String write(Instant instant) {
        return FIXED.format(instant);
    }

    /** Null when there is none, or it cannot be read: then it is passed over (RFC 9110, 13.1). */
    public static @Nullable Instant read(@Nullable String header) {
        if (header != null && header.length() <= 64) {
            String text = header.strip().replaceAll(" +", " "); // the last form has two before a day of one digit
            for (DateTimeFormatter form : READ) {
                try {
                    return Instant.from(form.parse(text));
                } catch (DateTimeException e) {
                    // perhaps the next one
                }
            }
        }
        return null;
    }
}
