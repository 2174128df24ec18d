package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Origin;
import dev.landfall.model.WritebackMode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be committed. */
public sealed interface Change {
    ObjectKey key();

    /**
     * A new object.
     *
     * @param hasRemote whether the bucket has a remote: its index is synced in every mode
     * @param dirty whether S3 still has to get it
     * @param reserved the generation to use; null to take the next one
     * @param remoteEtag what S3 answered for this very generation, when it has it already
     * @param etag the ETag the object is to have; null for {@link dev.landfall.model.ObjectRecord#etagOf}
     */
    record Put(
            ObjectKey key,
            BodyWriter body,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            @Nullable String etag,
            WritebackMode mode,
            ChangeCause cause,
            Durability durability,
            boolean hasRemote,
            boolean dirty,
            Condition condition,
            @Nullable Generation reserved,
            @Nullable String remoteEtag,
            @Nullable Origin origin,
            @Nullable String traceparent)
            implements Change {
        /** Without kept headers, with the store's own ETag. */
        public Put(
                ObjectKey key,
                BodyWriter body,
                @Nullable String contentType,
                Map<String, String> metadata,
                WritebackMode mode,
                ChangeCause cause,
                Durability durability,
                boolean hasRemote,
                boolean dirty,
                Condition condition,
                @Nullable Generation reserved,
                @Nullable String remoteEtag,
                @Nullable Origin origin,
                @Nullable String traceparent) {
            this(
                    key,
                    body,
                    contentType,
                    metadata,
                    Map.of(),
                    null,
                    mode,
                    cause,
                    durability,
                    hasRemote,
                    dirty,
                    condition,
                    reserved,
                    remoteEtag,
                    origin,
                    traceparent);
        }
    }

    /** A tombstone. Of a key that has no visible object: {@link CommitResult.Rejected} with {@code NOT_FOUND}, unless {@code blind}. */
    record Delete(
            ObjectKey key,
            WritebackMode mode,
            ChangeCause cause,
            Durability durability,
            boolean hasRemote,
            boolean dirty,
            boolean blind,
            Condition condition,
            @Nullable Generation reserved,
            @Nullable String traceparent)
            implements Change {}

    /** S3 has this generation. No new generation; an outcome goes to the outbox. Rejected as CHANGED when the record is another one. */
    record MarkClean(
            ObjectKey key, Generation generation, @Nullable String remoteEtag) implements Change {}

    /** S3 refused this generation for good. */
    record Park(ObjectKey key, Generation generation, String reason) implements Change {}

    /** A parked generation is to be tried again. */
    record Unpark(ObjectKey key, Generation generation) implements Change {}

    /**
     * Frees the data and the record of an object that S3 has: no event, for nothing has changed for a reader. Rejected as CHANGED unless the
     * record is this generation, and clean.
     */
    record Evict(ObjectKey key, Generation generation) implements Change {}

    /**
     * The local copy of what S3 has: no event. Rejected as CHANGED unless the key still has the record it had: none ({@code expected} null)
     * or that generation (which is kept). Without a record it is rejected as well while an intent of the key says that S3 is changing.
     */
    record Fill(
            ObjectKey key,
            BodyWriter body,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            Instant modified,
            String etag,
            @Nullable String remoteEtag,
            WritebackMode mode,
            @Nullable Generation expected)
            implements Change {
        /** Without kept headers. */
        public Fill(
                ObjectKey key,
                BodyWriter body,
                @Nullable String contentType,
                Map<String, String> metadata,
                Instant modified,
                String etag,
                @Nullable String remoteEtag,
                WritebackMode mode,
                @Nullable Generation expected) {
            this(key, body, contentType, metadata, Map.of(), modified, etag, remoteEtag, mode, expected);
        }
    }
}
