package dev.landfall.writeback;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.Origin;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the body of a PUT.
 *
 * @param length of the body in bytes, -1 when unknown
 * @param metadata user metadata, without any prefix, keys in lower case; at most {@link KeptHeaders#MAX_METADATA_BYTES}, in a bucket with
 *     a remote some 130 bytes less, for S3 has the same limit and Landfall's own entries count there
 * @param headers of {@link KeptHeaders#NAMES}, by name in lower case
 * @param etag the ETag that the object is to have, without quotes; null for the store's own. {@link PutSession#etag} can still set it
 * @param mode overrides the bucket's for this change; null for the bucket's own
 * @param origin for an output of a pipeline; its condition is then {@link Condition.IfOutput}
 */
public record PutRequest(
        long length,
        @Nullable String contentType,
        Map<String, String> metadata,
        Map<String, String> headers,
        @Nullable String etag,
        @Nullable WritebackMode mode,
        ChangeCause cause,
        Condition condition,
        @Nullable Origin origin,
        @Nullable String traceparent) {
    public PutRequest {
        metadata = Map.copyOf(metadata);
        headers = Map.copyOf(headers);
    }

    /** Without kept headers, with the store's own ETag. */
    public PutRequest(
            long length,
            @Nullable String contentType,
            Map<String, String> metadata,
            @Nullable WritebackMode mode,
            ChangeCause cause,
            Condition condition,
            @Nullable Origin origin,
            @Nullable String traceparent) {
        this(length, contentType, metadata, Map.of(), null, mode, cause, condition, origin, traceparent);
    }

    public static PutRequest ofLength(long length) {
        return new PutRequest(length, null, Map.of(), null, ChangeCause.CLIENT, Condition.ALWAYS, null, null);
    }

    /** For a copy that describes its content as its source does. */
    public static PutRequest likeSource(ObjectInfo source) {
        return ofLength(source.size()).withContent(source.contentType(), source.metadata(), source.headers());
    }

    public PutRequest withLength(long newLength) {
        return new PutRequest(
                newLength, contentType, metadata, headers, etag, mode, cause, condition, origin, traceparent);
    }

    public PutRequest withEtag(@Nullable String newEtag) {
        return new PutRequest(
                length, contentType, metadata, headers, newEtag, mode, cause, condition, origin, traceparent);
    }

    public PutRequest withCondition(Condition newCondition) {
        return new PutRequest(
                length, contentType, metadata, headers, etag, mode, cause, newCondition, origin, traceparent);
    }

    /** For what is made of another object: its owner decides in the commit whether it is newer than what is there. */
    public PutRequest from(Origin newOrigin, boolean overwrite) {
        return new PutRequest(
                length,
                contentType,
                metadata,
                headers,
                etag,
                mode,
                ChangeCause.PIPELINE,
                new Condition.IfOutput(newOrigin, overwrite),
                newOrigin,
                traceparent);
    }

    /** With another description of the content: what a copy takes over from its source, or is given anew. */
    public PutRequest withContent(
            @Nullable String newContentType, Map<String, String> newMetadata, Map<String, String> newHeaders) {
        return new PutRequest(
                length, newContentType, newMetadata, newHeaders, etag, mode, cause, condition, origin, traceparent);
    }
}
