package dev.landfall.targets;

import dev.landfall.model.DataFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/** A body on its way to a file of a {@link SimDisk}. */
final class SimBody implements Body {
    private final SimDisk disk;
    private final long id;
    private final CRC32C crc = new CRC32C();
    private long length;
    private boolean mine = true;

    SimBody(SimDisk disk, long id) {
        this.disk = disk;
        this.id = id;
    }

    /** That of an intent. */
    static SimBody of(SimDisk disk, Intent intent) {
        var body = new SimBody(disk, intent.fileId());
        body.count(disk.files.get(intent.fileId()).bytes);
        return body;
    }

    long id() {
        return id;
    }

    @Override
    public void write(ByteBuffer bytes) {
        byte[] more = new byte[bytes.remaining()];
        bytes.get(more);
        disk.append(id, more);
        count(more);
    }

    private void count(byte[] more) {
        crc.update(more);
        length += more.length;
    }

    @Override
    public void copyFrom(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void copyFrom(Path file, long first, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int crc32c() {
        return (int) crc.getValue();
    }

    @Override
    public List<DataFile> files() {
        return List.of(new DataFile(id, length, crc32c()));
    }

    @Override
    public List<Path> paths() {
        return List.of(SimDisk.pathOf(id));
    }

    @Override
    public String uploadId() {
        return null;
    }

    @Override
    public Bodies owner() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void claim() {
        if (!mine) {
            throw new IllegalStateException("The body was committed before");
        }
        mine = false;
    }

    @Override
    public void seal(boolean force) {
        if (force) {
            try {
                disk.sync(id);
            } catch (SimDisk.SyncFailed e) {
                throw disk.entries.fence.raise("a data file cannot be synced", e);
            }
        }
    }

    @Override
    public void committed() {}

    @Override
    public void release() {
        if (!disk.intended.contains(id)) {
            disk.files.remove(id);
        }
    }

    @Override
    public void abandon() {}

    @Override
    public void close() {
        if (mine) {
            mine = false;
            release();
        }
    }
}
