package dev.landfall.ingest.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    private static byte[] of(String algorithm, byte[] bytes) {
        Digest digest = Digest.named(algorithm);
        digest.update(ByteBuffer.wrap(bytes));
        return digest.value();
    }

    /** Check values: the CRC catalogue of Greg Cook for the CRCs, FIPS 180 for the others. */
    @ParameterizedTest
    @CsvSource({
        "crc32, 123456789, cbf43926",
        "crc32c, 123456789, e3069283",
        "crc64nvme, 123456789, ae8b14860a799888",
        "crc64nvme, '', 0000000000000000",
        "sha1, abc, a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha256, abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    })
    void knownAnswers(String algorithm, String text, String hex) {
        assertThat(HexFormat.of().formatHex(of(algorithm, text.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(hex);
    }

    /** From the test vectors of the NVM Command Set Specification, "64b CRC test cases". */
    @Test
    void crc64OfWholePages() {
        byte[] ones = new byte[4096];
        Arrays.fill(ones, (byte) 0xff);
        assertThat(HexFormat.of().formatHex(of("crc64nvme", new byte[4096]))).isEqualTo("6482d367eb22b64e");
        assertThat(HexFormat.of().formatHex(of("crc64nvme", ones))).isEqualTo("c0ddba7302eca3ac");
    }

    @Test
    void aBodyInPiecesHasTheSameValue() {
        byte[] bytes = new byte[10_000];
        var random = new Random(1);
        random.nextBytes(bytes);
        for (String algorithm : List.of("crc32", "crc32c", "crc64nvme", "sha1", "sha256")) {
            Digest digest = Digest.named(algorithm);
            for (int from = 0, to; from < bytes.length; from = to) {
                to = Math.min(bytes.length, from + random.nextInt(40));
                digest.update(ByteBuffer.wrap(bytes, from, to - from));
            }
            assertThat(digest.value()).as(algorithm).isEqualTo(of(algorithm, bytes));
        }
    }

    @Test
    void theCrcOfAnObjectIsMadeOfThoseOfItsParts() {
        var random = new Random(2);
        for (String algorithm : List.of("crc32", "crc32c", "crc64nvme")) {
            for (int round = 0; round < 20; round++) {
                byte[] whole = new byte[random.nextInt(5000)];
                random.nextBytes(whole);
                List<PartsDigest.Part> parts = new ArrayList<>();
                for (int from = 0, to; from < whole.length; from = to) {
                    to = Math.min(whole.length, from + random.nextInt(2000));
                    byte[] part = Arrays.copyOfRange(whole, from, to);
                    parts.add(new PartsDigest.Part(Base64.getEncoder().encodeToString(of(algorithm, part)), to - from));
                }
                assertThat(PartsDigest.full(algorithm, parts))
                        .as("%s of %s", algorithm, parts)
                        .isEqualTo(Base64.getEncoder().encodeToString(of(algorithm, whole)));
            }
        }
        assertThatThrownBy(() -> PartsDigest.full("sha1", List.of())).isInstanceOf(LandfallException.class);
    }
}
