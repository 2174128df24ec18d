package dev.landfall.ingest.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The decoder of {@code aws-chunked}: gives back what was encoded, however it was cut, and never anything else. */
class ChunkedProperties {
    private static byte[] encode(byte[] data, List<Integer> cuts, boolean trailer) {
        var out = new ByteArrayOutputStream();
        int from = 0;
        for (int cut : cuts) {
            int length = Math.min(cut, data.length - from);
            if (length > 0) {
                chunk(out, data, from, length);
                from += length;
            }
        }
        if (from < data.length) {
            chunk(out, data, from, data.length - from);
        }
        out.writeBytes(ascii("0\r\n" + (trailer ? "x-amz-checksum-crc32:AAAAAA==\r\n" : "") + "\r\n"));
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, byte[] data, int from, int length) {
        out.writeBytes(ascii(Integer.toHexString(length) + "\r\n"));
        out.write(data, from, length);
        out.writeBytes(ascii("\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Property(tries = 500)
    void whatWasEncodedComesBack(
            @ForAll @Size(max = 2000) byte[] data,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 300) Integer> cuts,
            @ForAll boolean trailer,
            @ForAll long seed) {
        var random = new Random(seed);
        var body =
                new ChunkedBody(ChunkedBodyTest.raw(encode(data, cuts, trailer), random), data.length, null, trailer);
        assertThat(ChunkedBodyTest.read(body, random)).isEqualTo(data);
        assertThat(body.trailer("x-amz-checksum-crc32")).isEqualTo(trailer ? "AAAAAA==" : null);
    }

    @Property(tries = 1000)
    void whatWasChangedIsRefusedOrHasTheSameLength(
            @ForAll @Size(min = 1, max = 200) byte[] data,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 30) Integer> cuts,
            @ForAll @IntRange(max = 400) int at,
            @ForAll byte other,
            @ForAll @IntRange(max = 2) int how) {
        byte[] right = encode(data, cuts, true);
        int place = at % right.length;
        var wrong = new ByteArrayOutputStream();
        wrong.write(right, 0, place);
        if (how > 0) {
            wrong.write(other);
        }
        int rest = how == 1 ? place : place + 1; // put in, in place of, or left out
        wrong.write(right, rest, right.length - rest);
        var body = new ChunkedBody(ChunkedBodyTest.raw(wrong.toByteArray(), new Random(at)), data.length, null, true);
        try {
            assertThat(ChunkedBodyTest.read(body, new Random(at))).hasSize(data.length);
        } catch (LandfallException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.INCOMPLETE_BODY);
        }
    }
}
