package dev.landfall.writeback;

import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The port to one S3 endpoint. Every call is one attempt: nothing is tried again behind the caller's back. No call throws for what S3 or
 * the network do; an unknown failure is {@link Outcome.Unclear}. Calls block, and may be made from any thread.
 */
interface RemoteStore extends AutoCloseable {
    Outcome put(String bucket, String key, Upload upload, RemoteCondition condition);

    /** Of an object that is not there: acknowledged. */
    Outcome delete(String bucket, String key);

    /** Ends a multipart upload. Of one that is not there: acknowledged. */
    default Outcome abort(String bucket, String key, String upload) {
        return new Outcome.Acknowledged(null);
    }

    Look head(String bucket, String key);

    Fetch get(String bucket, String key);

    /**
     * Some of the keys with a prefix, in the order of their UTF-8 bytes.
     *
     * @param after exclusive; "" for the start
     * @param limit at most 1000
     */
    Listed list(String bucket, String prefix, String after, int limit);

    @Override
    void close();

    /**
     * What is put.
     *
     * @param metadata all of it, {@link RemoteObject#metadata Landfall's own} too
     * @param headers the kept ones, by name in lower case
     * @param begun told of a multipart upload
     */
    record Upload(
            Content content,
            long length,
            int crc32c,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            Begun begun) {
        /** Of which nothing is kept while it is under way. */
        Upload(
                Content content,
                long length,
                int crc32c,
                @Nullable String contentType,
                Map<String, String> metadata,
                Map<String, String> headers) {
            this(content, length, crc32c, contentType, metadata, headers, id -> {});
        }

        Upload keeping(Begun keep) {
            return new Upload(content, length, crc32c, contentType, metadata, headers, keep);
        }

        /** Without kept headers. */
        Upload(Content content, long length, int crc32c, @Nullable String contentType, Map<String, String> metadata) {
            this(content, length, crc32c, contentType, metadata, Map.of());
        }
    }

    /** Keeps, durably, which multipart upload has begun, before its first part leaves. */
    interface Begun {
        /**
         * @param id null once it has ended
         * @throws dev.landfall.model.LandfallException when it cannot be kept: then no part leaves
         */
        void save(@Nullable String id);
    }

    /** Bytes that can be read more than once. */
    interface Content {
        InputStream open() throws java.io.IOException;
    }

    /** The answer to HEAD. */
    sealed interface Look {
        record Found(RemoteObject object) implements Look {}

        record Absent() implements Look {}

        record Failed(Outcome outcome) implements Look {}
    }

    /** The answer to GET. */
    sealed interface Fetch {
        /** @param body close it; closing it early ends the transfer */
        record Opened(RemoteObject object, InputStream body) implements Fetch {}

        record Absent() implements Fetch {}

        record Failed(Outcome outcome) implements Fetch {}
    }

    /** The answer to a listing. */
    sealed interface Listed {
        /** @param more whether there may be keys after the last of these */
        record Page(List<Entry> entries, boolean more) implements Listed {}

        record Failed(Outcome outcome) implements Listed {}

        record Entry(String key, long size, String etag, Instant modified) {}
    }
}
