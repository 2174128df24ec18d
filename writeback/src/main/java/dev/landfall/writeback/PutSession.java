package dev.landfall.writeback;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A PUT in progress. Not thread-safe. {@link #close()} without {@link #commit()} leaves nothing behind. */
public interface PutSession extends AutoCloseable {
    void write(ByteBuffer bytes);

    /** Appends a whole file inside the kernel. */
    void copyFrom(Path file);

    /**
     * Appends a piece of an object, inside the kernel (or by reflink) if it is on the local disk.
     *
     * @throws dev.landfall.model.LandfallException {@code INCOMPLETE_BODY} when the source breaks off, {@code CORRUPT_OBJECT} when a whole
     *     local source does not match its checksum
     */
    void copyFrom(ObjectData source, long first, long count);

    long length();

    /** Chooses the ETag of the object, without quotes, in place of the request's: for who knows it only after the body. */
    void etag(String etag);

    /**
     * Makes the object land; returns when the mode's promise holds.
     *
     * @throws dev.landfall.model.LandfallException {@code INCOMPLETE_BODY} when the declared length was not reached,
     *     {@code PRECONDITION_FAILED}, {@code OUTPUT_CONFLICT}, {@code REMOTE_REFUSED}, {@code REMOTE_UNAVAILABLE} (nothing changed),
     *     {@code OUTCOME_UNKNOWN} (rolled forward), {@code INSUFFICIENT_STORAGE}, {@code MOUNTPATH_FENCED}
     */
    PutOutcome commit();

    /**
     * Likewise, for who does not wait for the promise. What hangs on the future runs on the committer's thread and must not block; the
     * future carries the exceptions that {@link #commit} throws.
     *
     * @param mayWait whether this call may wait for the disk, for S3 and for other changes of the key
     * @return null when it would have to wait and may not: nothing was done
     */
    @Nullable
    CompletableFuture<PutOutcome> commitLater(boolean mayWait);

    @Override
    void close();
}
