package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.DataFile;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change in mode {@code sync} that S3 may accept before it is committed here.
 *
 * @param delete whether it is a delete; then there is no body
 * @param files of the body, in order
 * @param headers the kept ones
 * @param etag the ETag chosen for the object; null for the store's own
 * @param uploadId of the multipart upload that the change completes; null for any other change
 */
public record Intent(
        ObjectKey key,
        Generation generation,
        boolean delete,
        List<DataFile> files,
        long length,
        int crc32c,
        @Nullable String contentType,
        Map<String, String> metadata,
        Map<String, String> headers,
        @Nullable String etag,
        ChangeCause cause,
        @Nullable String uploadId) {
    public Intent {
        files = List.copyOf(files);
    }

    /** Of a delete. */
    public static Intent delete(ObjectKey key, Generation generation, ChangeCause cause) {
        return new Intent(key, generation, true, List.of(), 0, 0, null, Map.of(), Map.of(), null, cause, null);
    }

    /** Of a put with this body, complete, with the store's own ETag and without kept headers. */
    public static Intent put(
            ObjectKey key,
            Generation generation,
            BodyWriter body,
            @Nullable String contentType,
            Map<String, String> metadata,
            ChangeCause cause) {
        return put(key, generation, body, contentType, metadata, Map.of(), null, cause);
    }

    /** Of a put with this body, complete. */
    public static Intent put(
            ObjectKey key,
            Generation generation,
            BodyWriter body,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            @Nullable String etag,
            ChangeCause cause) {
        return new Intent(
                key,
                generation,
                false,
                body.files(),
                body.length(),
                body.crc32c(),
                contentType,
                metadata,
                headers,
                etag,
                cause,
                body.uploadId());
    }

    /** The data file of an ordinary put; -1 for a delete. */
    long fileId() {
        return files.isEmpty() ? -1 : files.getFirst().id();
    }
}
