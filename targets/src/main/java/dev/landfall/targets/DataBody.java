package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A body in a data file that the index does not list yet. */
final class DataBody implements Body {
    /** How many bytes may be written before the free space is looked at again. */
    private static final long SPACE_CHECK = 1 << 20;

    private enum Stage {
        /** Being written. */
        OPEN,
        /** On its way into the index. */
        SEALED,
        /** Named by a record, or gone. */
        SETTLED
    }

    private final Bodies owner;
    private final long fileId;
    private final Path path;
    private final CRC32C crc = new CRC32C();
    private @Nullable FileChannel channel;
    private long length;
    private int recoveredCrc;
    private long nextSpaceCheck = SPACE_CHECK;
    private boolean recovered;
    private boolean intended;
    private Stage stage = Stage.OPEN;

    private DataBody(Bodies owner, long fileId, Path path, FileChannel channel) {
        this.owner = owner;
        this.fileId = fileId;
        this.path = path;
        this.channel = channel;
    }

    static DataBody create(Bodies owner, long fileId, Path path) throws IOException {
        return new DataBody(
                owner,
                fileId,
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ));
    }

    /** A body of an earlier run, which an intent names; nothing can be added to it. */
    static DataBody recovered(Bodies owner, long fileId, Path path, FileChannel channel, long length, int crc32c) {
        var body = new DataBody(owner, fileId, path, channel);
        body.length = length;
        body.recoveredCrc = crc32c;
        body.recovered = true;
        body.intended = true;
        return body;
    }

    @Override
    public void write(ByteBuffer bytes) {
        FileChannel file = writable();
        checkSpace(bytes.remaining());
        try {
            crc.update(bytes.duplicate());
            while (bytes.hasRemaining()) {
                length += file.write(bytes, length);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void copyFrom(Path source) {
        copyFrom(source, 0, Long.MAX_VALUE);
    }

    @Override
    public void copyFrom(Path source, long first, long count) {
        FileChannel file = writable();
        long start = length;
        try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ)) {
            long most = Math.min(count, from.size() - first);
            checkSpace(most);
            file.position(start);
            // The whole of a file may grow while it is read; a part of one has its length.
            long end = count == Long.MAX_VALUE ? Long.MAX_VALUE - start : count;
            for (long copied;
                    length - start < end
                            && (copied = from.transferTo(first + length - start, end - (length - start), file)) > 0; ) {
                length += copied;
                checkSpace(copied);
            }
            // Checksummed as it landed, not as it was read: the copy may never have passed through this process.
            Checksums.update(crc, file, start, length);
        } catch (IOException e) {
            // It may be the source's disk that failed: no reason to fence this one.
            throw owner.files().failedCopy(source, e);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int crc32c() {
        return recovered ? recoveredCrc : (int) crc.getValue();
    }

    long fileId() {
        return fileId;
    }

    @Override
    public List<DataFile> files() {
        return List.of(new DataFile(fileId, length, crc32c()));
    }

    @Override
    public List<Path> paths() {
        return List.of(path);
    }

    @Override
    public @Nullable String uploadId() {
        return null;
    }

    /** Leaves the body of an intent alone. */
    @Override
    public synchronized void close() {
        if (stage == Stage.OPEN && !intended) {
            discard();
        }
    }

    @Override
    public Bodies owner() {
        return owner;
    }

    /** An intent names it: from here on only a commit, or the end of the intent, ends it. */
    synchronized void intend() {
        intended = true;
    }

    /** The intent is no more. A commit that is under way decides about the file. */
    synchronized void forgetIntent() {
        intended = false;
        if (stage == Stage.OPEN) {
            discard();
        }
    }

    /**
     * Whether it waits for the commit of its intent.
     *
     * @throws LandfallException {@code BUSY} while that commit is under way
     */
    synchronized boolean waitsForCommit() {
        if (stage == Stage.SEALED) {
            throw new LandfallException(
                    ErrorCode.BUSY, "A commit of this change is under way; ask again when it has been answered");
        }
        return stage == Stage.OPEN && intended;
    }

    @Override
    public synchronized void claim() {
        if (stage != Stage.OPEN) {
            throw new IllegalStateException("The body was committed or discarded before");
        }
        stage = Stage.SEALED;
    }

    @Override
    public synchronized void seal(boolean force) {
        if (force && channel != null) {
            owner.files().force(channel);
        }
        closeChannel();
    }

    @Override
    public synchronized void committed() {
        stage = Stage.SETTLED;
        owner.settled(this);
    }

    /** Removes the file. */
    synchronized void discard() {
        if (stage != Stage.SETTLED) {
            stage = Stage.SETTLED;
            try {
                closeChannel();
            } finally {
                owner.files().unlink(fileId);
                owner.settled(this);
            }
        }
    }

    /** The file of an intent stays for the next try, any other goes. */
    @Override
    public synchronized void release() {
        if (intended) {
            abandon();
        } else {
            discard();
        }
    }

    /** Keeps the file: for its intent, or for the next start, which knows whether the index lists it. */
    @Override
    public synchronized void abandon() {
        if (stage != Stage.SETTLED) {
            stage = Stage.SETTLED;
            try {
                closeChannel();
            } finally {
                owner.setAside(this, intended);
            }
        }
    }

    private FileChannel writable() {
        if (stage != Stage.OPEN || recovered || channel == null) {
            throw new IllegalStateException("The body is complete: nothing can be added");
        }
        return channel;
    }

    private void checkSpace(long coming) {
        if (length + coming >= nextSpaceCheck) {
            owner.files().checkSpace(coming);
            nextSpaceCheck = length + coming + SPACE_CHECK;
        }
    }

    private LandfallException failed(IOException e) {
        return owner.files().failed("write a data file", e);
    }

    private void closeChannel() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
