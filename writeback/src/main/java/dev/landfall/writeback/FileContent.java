package dev.landfall.writeback;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an object's data files, one after the other, verified as they leave: what does not match its checksum fails before its last
 * bytes, so that S3 never takes it for whole. Reads with plain descriptors of its own, which an interrupted attempt cannot close under
 * other readers.
 */
final class FileContent implements RemoteStore.Content {
    private final List<Path> files;
    private final long length;
    private final int crc32c;
    private volatile boolean spoilt;

    FileContent(Path file, long length, int crc32c) {
        this(List.of(file), length, crc32c);
    }

    /** @param crc32c of all of them */
    FileContent(List<Path> files, long length, int crc32c) {
        this.files = List.copyOf(files);
        this.length = length;
        this.crc32c = crc32c;
    }

    List<Path> files() {
        return files;
    }

    /** Whether a read found other bytes than were committed. */
    boolean spoilt() {
        return spoilt;
    }

    @Override
    public InputStream open() throws IOException {
        return new Verifying();
    }

    private final class Verifying extends InputStream {
        private final CRC32C crc = new CRC32C();
        private long left = length;
        private int next;
        private @Nullable InputStream in;

        Verifying() throws IOException {
            in = openNext();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            if (left == 0) {
                return -1;
            }
            if (count == 0) {
                return 0;
            }
            int read = -1;
            for (InputStream file = in; file != null; file = in) {
                read = file.read(buffer, offset, (int) Math.min(count, left));
                if (read >= 0) {
                    break;
                }
                file.close();
                in = openNext();
            }
            if (read < 0) {
                throw bad();
            }
            crc.update(buffer, offset, read);
            left -= read;
            if (left == 0 && (int) crc.getValue() != crc32c) {
                throw bad();
            }
            return read;
        }

        @Override
        public long skip(long count) {
            return 0;
        }

        @Override
        public void close() throws IOException {
            InputStream file = in;
            in = null;
            if (file != null) {
                file.close();
            }
        }

        private @Nullable InputStream openNext() throws IOException {
            return next < files.size() ? new FileInputStream(files.get(next++).toFile()) : null;
        }

        private IOException bad() {
            spoilt = true;
            return new IOException("The data file does not match its checksum");
        }
    }
}
