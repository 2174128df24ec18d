package dev.landfall.writeback;

import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The bytes of a data file, verified as they leave: a file that does not match its checksum fails before its last bytes, so that S3 never
 * takes it for whole. Reads with a plain descriptor of its own, which an interrupted attempt cannot close under other readers.
 */
final class FileContent implements RemoteStore.Content {
    private final Path file;
    private final long length;
    private final int crc32c;
    private volatile boolean spoilt;

    FileContent(Path file, long length, int crc32c) {
        this.file = file;
        this.length = length;
        this.crc32c = crc32c;
    }

    /** Whether a read found other bytes than were committed. */
    boolean spoilt() {
        return spoilt;
    }

    @Override
    public InputStream open() throws IOException {
        return new Verifying(new FileInputStream(file.toFile()));
    }

    private final class Verifying extends FilterInputStream {
        private final CRC32C crc = new CRC32C();
        private long left = length;

        Verifying(InputStream in) {
            super(in);
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
            int read = super.read(buffer, offset, (int) Math.min(count, left));
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
        public boolean markSupported() {
            return false;
        }

        private IOException bad() {
            spoilt = true;
            return new IOException("The data file does not match its checksum");
        }
    }
}
