package dev.landfall.ingest.objects;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A part of a body: {@code count} bytes from {@code first}. */
record Range(long first, long count) {
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /**
     * Reads a Range header. Null (send everything) when there is none, or one that this server does not serve: several ranges, other
     * units, or what is not a range at all (RFC 9110, 14.2).
     *
     * @throws LandfallException {@code INVALID_RANGE} for one that is not within the object
     */
    static @Nullable Range parse(@Nullable String header, long size) {
        Matcher range = header == null ? null : ONE.matcher(header.replace(" ", ""));
        if (range == null
                || !range.matches()
                || range.group(1).isEmpty() && range.group(2).isEmpty()) {
            return null;
        }
        String from = range.group(1);
        String to = range.group(2);
        if (from.isEmpty()) {
            long last = Math.min(Long.parseLong(to), size);
            if (last == 0) {
                throw outside(size);
            }
            return new Range(size - last, last);
        }
        long first = Long.parseLong(from);
        long end = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
        if (!to.isEmpty() && Long.parseLong(to) < first) {
            return null;
        }
        if (first >= size) {
            throw outside(size);
        }
        return new Range(first, end - first + 1);
    }

    /**
     * The place of a part. Null (send everything) when it is the only one and has no bytes.
     *
     * @param parts their lengths
     * @throws LandfallException {@code INVALID_RANGE} when there is no such part
     */
    static @Nullable Range ofPart(List<Long> parts, int number) {
        if (number > parts.size()) {
            throw new LandfallException(
                    ErrorCode.INVALID_RANGE, "The object has " + parts.size() + " parts, and no part " + number);
        }
        long first =
                parts.subList(0, number - 1).stream().mapToLong(Long::longValue).sum();
        long count = parts.get(number - 1);
        return count == 0 ? null : new Range(first, count);
    }

    String contentRange(long size) {
        return "bytes " + first + "-" + (first + count - 1) + "/" + size;
    }

    private static LandfallException outside(long size) {
        return new LandfallException(
                ErrorCode.INVALID_RANGE, "The object has " + size + " bytes; ask for a range within them");
    }
}
