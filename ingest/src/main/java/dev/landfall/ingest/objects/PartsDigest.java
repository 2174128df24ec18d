package dev.landfall.ingest.objects;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checksum of an object in parts, made of those of its parts: "Checking object integrity" of the Amazon S3 user guide. */
public final class PartsDigest {
    private PartsDigest() {}

    /** @param checksum of the part, in base64 */
    public record Part(String checksum, long length) {}

    /** Of the bytes of the object ({@code FULL_OBJECT}), in base64. @throws LandfallException {@code INVALID_REQUEST} if it cannot be told */
    public static String full(String algorithm, List<Part> parts) {
        long[] form = form(algorithm);
        if (form == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_REQUEST,
                    "The " + algorithm + " of an object in parts is a COMPOSITE; only a CRC can be of the FULL_OBJECT");
        }
        int bytes = (int) form[1] / Byte.SIZE;
        long crc = 0;
        long length = 0;
        for (Part part : parts) {
            byte[] value = Base64.getDecoder().decode(part.checksum());
            long next = ByteBuffer.allocate(Long.BYTES)
                    .put(Long.BYTES - bytes, value)
                    .getLong(0);
            crc = length == 0 ? next : CrcCombine.combine(form[0], (int) form[1], crc, next, part.length());
            length += part.length();
        }
        byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(crc).array();
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOfRange(all, Long.BYTES - bytes, Long.BYTES));
    }

    /** Of the checksums of the parts ({@code COMPOSITE}): in base64, a dash and the number of parts. */
    public static String composite(String algorithm, List<Part> parts) {
        Digest digest = Digests.digest(Digests.CHECKSUM + algorithm);
        parts.forEach(part -> digest.update(ByteBuffer.wrap(Base64.getDecoder().decode(part.checksum()))));
        return Base64.getEncoder().encodeToString(digest.value()) + "-" + parts.size();
    }

    /** The reflected polynomial and the width; null for what is no CRC. */
    private static long @Nullable [] form(String algorithm) {
        return switch (algorithm) {
            case "crc32" -> new long[] {0xedb88320L, 32};
            case "crc32c" -> new long[] {0x82f63b78L, 32};
            case "crc64nvme" -> new long[] {Crc64Nvme.POLYNOMIAL, 64};
            default -> null;
        };
    }
}
