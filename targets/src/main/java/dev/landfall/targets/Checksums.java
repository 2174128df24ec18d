package dev.landfall.targets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Checksums of files. */
final class Checksums {
    private static final int CHUNK = 128 << 10;

    private Checksums() {}

    /** Adds the bytes from {@code from} to {@code to} (exclusive). */
    static void update(CRC32C crc, FileChannel file, long from, long to) throws IOException {
        var buffer = ByteBuffer.allocate((int) Math.min(CHUNK, Math.max(to - from, 1)));
        for (long at = from; at < to; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
            int read = file.read(buffer, at);
            if (read < 0) {
                throw new IOException("The file ended at " + at + " instead of " + to);
            }
            crc.update(buffer.flip());
            at += read;
        }
    }

    /** Whether a file has exactly this length and checksum. */
    static boolean matches(FileChannel file, long length, int crc32c) throws IOException {
        if (file.size() != length) {
            return false;
        }
        var crc = new CRC32C();
        update(crc, file, 0, length);
        return (int) crc.getValue() == crc32c;
    }
}
