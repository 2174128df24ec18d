package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A body made of the parts of a multipart upload, which are on disk and synced. Says to its upload what becomes of it. */
final class PartsBody implements Body {
    private enum Stage {
        OPEN,
        SEALED,
        SETTLED
    }

    /** What becomes of the upload. */
    interface End {
        /** @param intended whether an intent still names the parts */
        void over(boolean intended);
    }

    private final Bodies owner;
    private final String uploadId;
    private final List<DataFile> files;
    private final long length;
    private final int crc32c;
    private final End end;
    private boolean intended;
    private Stage stage = Stage.OPEN;

    PartsBody(Bodies owner, String uploadId, List<DataFile> files, boolean intended, End end) {
        this.owner = owner;
        this.uploadId = uploadId;
        this.files = List.copyOf(files);
        this.intended = intended;
        this.end = end;
        long bytes = 0;
        int crc = 0;
        for (DataFile file : files) {
            crc = bytes == 0 ? file.crc32c() : Crc32c.combine(crc, file.crc32c(), file.length());
            bytes += file.length();
        }
        this.length = bytes;
        this.crc32c = crc;
    }

    @Override
    public void write(ByteBuffer bytes) {
        throw complete();
    }

    @Override
    public void copyFrom(Path file, long first, long count) {
        throw complete();
    }

    @Override
    public void copyFrom(Path file) {
        throw complete();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int crc32c() {
        return crc32c;
    }

    @Override
    public List<DataFile> files() {
        return files;
    }

    @Override
    public List<Path> paths() {
        return files.stream().map(file -> owner.files().pathOf(file.id())).toList();
    }

    @Override
    public @Nullable String uploadId() {
        return uploadId;
    }

    @Override
    public Bodies owner() {
        return owner;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (stage != Stage.OPEN || intended) {
                return;
            }
            stage = Stage.SETTLED;
        }
        end.over(false);
    }

    synchronized void intend() {
        intended = true;
    }

    /** The intent is no more. A commit that is under way decides about the upload. */
    void forgetIntent() {
        synchronized (this) {
            intended = false;
        }
        close();
    }

    /** @throws LandfallException {@code BUSY} while the commit of its intent is under way */
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

    /** The parts were synced when they were uploaded. */
    @Override
    public void seal(boolean force) {}

    @Override
    public synchronized void committed() {
        stage = Stage.SETTLED;
    }

    @Override
    public void release() {
        boolean wasIntended;
        synchronized (this) {
            if (stage == Stage.SETTLED) {
                return;
            }
            stage = Stage.SETTLED;
            wasIntended = intended;
        }
        end.over(wasIntended);
    }

    /** Without an intent the upload stays as it is until the next start, which knows whether the record names its parts. */
    @Override
    public void abandon() {
        boolean wasIntended;
        synchronized (this) {
            wasIntended = intended;
            if (!wasIntended) {
                stage = Stage.SETTLED;
            }
        }
        if (wasIntended) {
            release();
        }
    }

    private static IllegalStateException complete() {
        return new IllegalStateException("The body is complete: nothing can be added");
    }
}
