package dev.landfall.writeback;

import dev.landfall.targets.UploadedPart;
import java.nio.ByteBuffer;
import java.util.Map;

/** A part of a multipart upload on its way in. Not thread-safe. {@link #close()} without {@link #commit} leaves nothing behind. */
public interface PartSession extends AutoCloseable {
    void write(ByteBuffer bytes);

    /**
     * Appends a piece of an object, inside the kernel if it is on the local disk.
     *
     * @throws dev.landfall.model.LandfallException {@code INCOMPLETE_BODY} when the source breaks off
     */
    void copyFrom(ObjectData source, long first, long count);

    long length();

    /**
     * Makes it a part of its upload, durably, in place of an earlier one of the same number.
     *
     * @param etag of the part, without quotes; clients expect the MD5 of its bytes in hex
     * @param checksums of its bytes, to be kept with it: in base64, by the names of the algorithms
     * @throws dev.landfall.model.LandfallException {@code INCOMPLETE_BODY} when the declared length was not reached, {@code
     *     NO_SUCH_UPLOAD}, {@code BUSY} while the upload is being completed, {@code INSUFFICIENT_STORAGE}, {@code MOUNTPATH_FENCED}
     */
    UploadedPart commit(String etag, Map<String, String> checksums);

    /** Without checksums to keep. */
    default UploadedPart commit(String etag) {
        return commit(etag, Map.of());
    }

    @Override
    void close();
}
