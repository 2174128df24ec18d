package dev.landfall.ingest.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Whatever a Range says, what is sent is within the object. */
class RangeProperties {
    @Provide
    Arbitrary<String> headers() {
        return Arbitraries.of("bytes=", "bytes", "=", "-", "0", "1", "9", "999999999999999999", ",", " ", "x", "\t")
                .list()
                .ofMaxSize(8)
                .map(pieces -> String.join("", pieces));
    }

    @Property(tries = 1000)
    void aRangeIsWithinTheObject(@ForAll("headers") String header, @ForAll @LongRange(max = 1000) long size) {
        try {
            Range range = Range.parse(header, size);
            if (range != null) {
                assertThat(range.first()).isBetween(0L, size - 1);
                assertThat(range.count()).isBetween(1L, size - range.first());
            }
        } catch (LandfallException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_RANGE);
        }
    }

    @Property(tries = 500)
    void whatIsAskedForIsSent(
            @ForAll @LongRange(min = 1, max = 1L << 50) long size,
            @ForAll @LongRange(max = 1L << 50) long first,
            @ForAll @LongRange(max = 1L << 50) long more) {
        long from = first % size;
        Range range = Range.parse("bytes=" + from + "-" + (from + more), size);
        assertThat(range).isEqualTo(new Range(from, Math.min(more + 1, size - from)));
        assertThat(Range.parse("bytes=" + from + "-", size)).isEqualTo(new Range(from, size - from));
        assertThat(Range.parse("bytes=-" + (from + 1), size)).isEqualTo(new Range(size - from - 1, from + 1));
    }

    @Property(tries = 300)
    void partsFollowEachOther(@ForAll @Size(min = 1, max = 50) List<@LongRange(min = 1, max = 1L << 40) Long> parts) {
        long next = 0;
        for (int number = 1; number <= parts.size(); number++) {
            Range range = Range.ofPart(parts, number);
            assertThat(range).isEqualTo(new Range(next, parts.get(number - 1)));
            next += parts.get(number - 1);
        }
    }

    @Property(tries = 500)
    void anyTextIsADateOrNone(@ForAll String text) {
        HttpDates.read(text);
    }
}
