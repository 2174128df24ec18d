package dev.landfall.writeback;

import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.BodyWriter;
import dev.landfall.writeback.RemoteStore.Fetch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A body from S3 that is stored while it is read. Its last bytes are handed out only when length and checksum are verified. A reader that
 * leaves early does not end it: the rest is fetched in the background if that is little.
 */
final class FillingStream extends InputStream {
    private static final Logger LOG = LoggerFactory.getLogger(FillingStream.class);

    private final ObjectKey key;
    private final RemoteObject object;
    private final InputStream in;
    private final Drains drains;
    private final Fill fill;
    private final Runnable onOver;
    private final CRC32C crc = new CRC32C();
    private @Nullable BodyWriter body;
    private long left;
    private boolean complete;
    private boolean closed;

    /** @param body null when nothing is stored */
    FillingStream(
            ObjectKey key, Fetch.Opened fetched, @Nullable BodyWriter body, Drains drains, Fill fill, Runnable onOver) {
        this.key = key;
        this.object = fetched.object();
        this.in = fetched.body();
        this.body = body;
        this.drains = drains;
        this.fill = fill;
        this.onOver = onOver;
        this.left = object.size();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (left == 0) {
            finish();
            return -1;
        }
        int read;
        try {
            read = in.read(buffer, offset, (int) Math.min(count, left));
        } catch (IOException e) {
            drop();
            throw e;
        }
        if (read < 0) {
            drop();
            throw new IOException("S3 ended the transfer of " + key + " " + left + " bytes early");
        }
        crc.update(buffer, offset, read);
        store(ByteBuffer.wrap(buffer, offset, read));
        left -= read;
        if (left == 0) {
            finish();
        }
        return read;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (complete) {
            end();
        } else if (left == 0) {
            rest();
        } else if (body == null || !drains.start(left, this::rest)) {
            drop();
            end();
        }
    }

    /** What the reader left unread. */
    private void rest() {
        try {
            byte[] buffer = new byte[64 << 10];
            while (!complete && body != null && read(buffer, 0, buffer.length) >= 0) {
                if (drains.isClosed() && left > 0) {
                    drop();
                }
            }
        } catch (IOException e) {
            LOG.debug("The rest of {} could not be read from S3", key, e);
        } finally {
            drop();
            end();
        }
    }

    private void finish() throws IOException {
        if (complete) {
            return;
        }
        Integer expected = object.crc32c();
        if (expected != null && expected != (int) crc.getValue()) {
            drop();
            throw new IOException("What S3 has of " + key + " does not match the checksum it was stored with");
        }
        complete = true;
        BodyWriter whole = body;
        body = null;
        if (whole != null) {
            if (drains.isClosed()) {
                whole.close();
            } else {
                fill.commit(key, object, whole);
            }
        }
        onOver.run();
    }

    private void store(ByteBuffer bytes) {
        BodyWriter writer = body;
        if (writer != null) {
            try {
                writer.write(bytes);
            } catch (LandfallException e) {
                LOG.warn("{} is read from S3 without being stored here: {}", key, e.getMessage());
                drop();
            }
        }
    }

    /** Nothing of it is kept. */
    private void drop() {
        BodyWriter writer = body;
        body = null;
        if (writer != null) {
            writer.close();
        }
        onOver.run();
    }

    private void end() {
        try {
            in.close();
        } catch (IOException e) {
            LOG.debug("Closing a transfer of {} failed", key, e);
        }
        onOver.run();
    }
}
