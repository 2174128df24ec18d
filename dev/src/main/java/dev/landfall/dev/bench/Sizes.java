package dev.landfall.dev.bench;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes of objects as they are written: {@code 4KiB}, {@code 10MiB}. */
final class Sizes implements ITypeConverter<Integer> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(B|KiB|MiB)?");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB");
    private static final long MOST = 256 << 20;

    @Override
    public Integer convert(String text) {
        Matcher match = FORM.matcher(text);
        if (match.matches()) {
            long size = Long.parseLong(match.group(1)) << 10 * Math.max(0, UNITS.indexOf(match.group(2)));
            if (size > 0 && size <= MOST) {
                return (int) size;
            }
        }
        throw new TypeConversionException("'" + text + "' is not a size such as 4KiB or 10MiB, up to 256MiB");
    }

    static String text(int size) {
        if (size % (1 << 20) == 0) {
            return (size >> 20) + "MiB";
        }
        return size % (1 << 10) == 0 ? (size >> 10) + "KiB" : size + "B";
    }
}
