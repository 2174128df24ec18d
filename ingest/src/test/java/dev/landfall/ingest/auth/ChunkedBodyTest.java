package dev.landfall.ingest.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.ingest.http.Body;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkedBodyTest {
    private static final String SCOPE = "20130524T000000Z\n20130524/us-east-1/s3/aws4_request";
    private static final String A64K = "a".repeat(65_536);
    private static final String A1K = "a".repeat(1024);

    private static ChunkChain chain(String seed) {
        return new ChunkChain(Signatures.signingKey(SignaturesTest.SECRET, "20130524", "us-east-1", "s3"), SCOPE, seed);
    }

    static Body raw(byte[] bytes, Random random) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        return new Body() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public int read(ByteBuffer into) {
                if (!left.hasRemaining()) {
                    return -1;
                }
                int n = Math.min(Math.min(left.remaining(), into.remaining()), 1 + random.nextInt(5000));
                into.put(left.slice(left.position(), n));
                left.position(left.position() + n);
                return n;
            }

            @Override
            public String trailer(String name) {
                return null;
            }
        };
    }

    static byte[] read(Body body, Random random) {
        var out = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(1 + random.nextInt(9000));
        while (body.read(buffer) >= 0) {
            buffer.flip();
            out.write(buffer.array(), 0, buffer.limit());
            buffer.clear();
        }
        assertThat(body.read(buffer)).isEqualTo(-1);
        return out.toByteArray();
    }

    private static String decode(String encoded, long length, ChunkChain chain, boolean trailers) {
        var body = new ChunkedBody(raw(bytes(encoded), new Random(1)), length, chain, trailers);
        return new String(read(body, new Random(2)), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static final String SIGNED =
            "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n"
                    + A64K
                    + "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n"
                    + A1K
                    + "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
    private static final String SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

    private static final String TRAILED =
            "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n"
                    + A64K
                    + "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n"
                    + A1K
                    + "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
                    + "x-amz-checksum-crc32c:sOO8/Q==\r\n"
                    + "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
    private static final String TRAILED_SEED = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

    @Test
    void theExamplesOfTheReferenceAreRead() {
        assertThat(decode(SIGNED, 66_560, chain(SEED), false)).isEqualTo(A64K + A1K);
        assertThat(decode(TRAILED, 66_560, chain(TRAILED_SEED), true)).isEqualTo(A64K + A1K);
    }

    @Test
    void trailersAreThereAfterTheEnd() {
        var body = new ChunkedBody(
                raw(bytes("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"), new Random(1)), 5, null, true);
        assertThat(read(body, new Random(2))).asString().isEqualTo("hello");
        assertThat(body.trailer("X-Amz-Checksum-Crc32")).isEqualTo("NhCmhg==");
    }

    @Test
    void everyChangedByteOfASignedBodyIsRefused() {
        var random = new Random(7);
        List<Integer> places = new ArrayList<>(List.of(0, 5, 30, 86, 87, TRAILED.length() - 1, TRAILED.length() - 3));
        for (int i = 0; i < 300; i++) {
            places.add(random.nextInt(TRAILED.length()));
            places.add(TRAILED.length() - 1 - random.nextInt(500));
        }
        for (int at : places) {
            byte[] changed = bytes(TRAILED);
            changed[at] ^= (byte) (1 << random.nextInt(7));
            var body = new ChunkedBody(raw(changed, random), 66_560, chain(TRAILED_SEED), true);
            // Names of fields and hexadecimal sizes may be written in either case; the data never differ.
            try {
                assertThat(new String(read(body, random), StandardCharsets.ISO_8859_1))
                        .isEqualTo(A64K + A1K);
                assertThat(new String(changed, StandardCharsets.ISO_8859_1)).isEqualToIgnoringCase(TRAILED);
            } catch (LandfallException e) {
                assertThat(e.code())
                        .isIn(ErrorCode.SIGNATURE_DOES_NOT_MATCH, ErrorCode.INVALID_REQUEST, ErrorCode.INCOMPLETE_BODY);
            }
        }
    }

    @Test
    void everyBodyThatEndsEarlyIsRefused() {
        var random = new Random(8);
        for (int i = 0; i < 200; i++) {
            int end = i < 100 ? SIGNED.length() - 1 - i : random.nextInt(SIGNED.length());
            var body = new ChunkedBody(raw(bytes(SIGNED.substring(0, end)), random), 66_560, chain(SEED), false);
            assertThatThrownBy(() -> read(body, random)).isInstanceOf(LandfallException.class);
        }
    }

    @Test
    void malformedShapesAreRefused() {
        for (String shape : List.of(
                "",
                "\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "6\r\nhello\r\n0\r\n\r\n",
                "4\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                "5;a=b\r\nhello\r\n0\r\n\r\n",
                "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                "fffffffffff\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n",
                "5\r\nhello\r\n0\r\n",
                "5\r\nhello\r\n0\r\n\r\nmore",
                "5\r\nhello\r\n0\r\nnocolon\r\n\r\n",
                "5\r\nhello\r\n0\r\na:b\r\na:b\r\n\r\n",
                "5\r\nhello\r\n0\r\n" + "x".repeat(2000) + ":b\r\n\r\n",
                "5\r\nhello\r\n0\r\na:1\r\nb:1\r\nc:1\r\nd:1\r\ne:1\r\nf:1\r\ng:1\r\nh:1\r\ni:1\r\n\r\n",
                "0".repeat(5000),
                "3\r\nhel\r\n0\r\n\r\n",
                "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")) {
            assertThatThrownBy(() -> decode(shape, 5, null, true)).as(shape).isInstanceOf(LandfallException.class);
        }
    }

    @Test
    void noiseEndsInARefusal() {
        var random = new Random(9);
        String letters = "0123456789af;\r\n:x-=";
        for (int i = 0; i < 20_000; i++) {
            var noise = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                noise.append(random.nextInt(4) == 0 ? "\r\n" : "" + letters.charAt(random.nextInt(letters.length())));
            }
            try {
                String data = decode(noise.toString(), 3, null, true);
                assertThat(data).hasSize(3);
            } catch (LandfallException e) {
                assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.INCOMPLETE_BODY);
            }
        }
    }
}
