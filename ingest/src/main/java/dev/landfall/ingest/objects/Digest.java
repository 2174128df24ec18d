package dev.landfall.ingest.objects;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/** One of the checksums that S3 clients use, of one body. */
interface Digest {
    void update(ByteBuffer bytes);

    /** Ends it. Checksums are big-endian. */
    byte[] value();

    int bytes();

    /** Null for one that is not offered. */
    static @Nullable Digest named(String name) {
        return switch (name) {
            case "crc32" -> of(new CRC32(), 4);
            case "crc32c" -> of(new CRC32C(), 4);
            case "crc64nvme" -> of(new Crc64Nvme(), 8);
            case "sha1" -> of("SHA-1");
            case "sha256" -> of("SHA-256");
            default -> null;
        };
    }

    static Digest md5() {
        return of("MD5");
    }

    private static Digest of(Checksum checksum, int bytes) {
        return new Digest() {
            @Override
            public void update(ByteBuffer piece) {
                checksum.update(piece);
            }

            @Override
            public byte[] value() {
                byte[] all = ByteBuffer.allocate(8).putLong(checksum.getValue()).array();
                return java.util.Arrays.copyOfRange(all, 8 - bytes, 8);
            }

            @Override
            public int bytes() {
                return bytes;
            }
        };
    }

    private static Digest of(String algorithm) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return new Digest() {
            @Override
            public void update(ByteBuffer piece) {
                digest.update(piece);
            }

            @Override
            public byte[] value() {
                return digest.digest();
            }

            @Override
            public int bytes() {
                return digest.getDigestLength();
            }
        };
    }
}
