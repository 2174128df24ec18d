package dev.landfall.targets;

import dev.landfall.model.DataFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a change on its way to a new data file. Not thread-safe. Until it is handed to {@link ObjectStore#commit} or to an intent,
 * {@link #close()} discards it; afterwards {@code close()} does nothing. The file of an intent stays until the change is committed or the
 * intent is dropped, whatever becomes of this writer.
 */
public interface BodyWriter extends AutoCloseable {
    /** Appends the remaining bytes of a buffer. */
    void write(ByteBuffer bytes);

    /** Appends a whole file, inside the kernel where the file system can (reflink or copy_file_range). */
    void copyFrom(Path file);

    /** Appends a part of a file, likewise. */
    void copyFrom(Path file, long first, long count);

    /** Bytes so far. */
    long length();

    /** CRC32C of the bytes so far. */
    int crc32c();

    /** The data files so far, in order: one, unless it is made of the parts of a multipart upload. */
    List<DataFile> files();

    /** Where each of {@link #files()} is, for an upload that S3 must have before the commit. Read only; gone once the body is discarded. */
    List<Path> paths();

    /** The id of the multipart upload whose parts it is made of; null for an ordinary body. */
    @Nullable
    String uploadId();

    @Override
    void close();
}
