package dev.landfall.writeback;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What HEAD says of an object.
 *
 * @param headers the {@link dev.landfall.model.KeptHeaders} of its PUT, by name in lower case
 * @param generation null for an object that so far is only on S3
 * @param parked why S3 refused it for good; null unless its state is {@link ObjectState#PARKED}
 */
public record ObjectInfo(
        ObjectKey key,
        long size,
        String etag,
        @Nullable String contentType,
        Map<String, String> metadata,
        Map<String, String> headers,
        Instant modified,
        @Nullable Generation generation,
        ObjectState state,
        @Nullable String parked) {
    public static ObjectInfo of(ObjectRecord record) {
        return new ObjectInfo(
                record.key(),
                record.size(),
                record.etag(),
                record.contentType(),
                record.metadata(),
                record.headers(),
                record.modified(),
                record.generation(),
                record.state(),
                record.dirtySince() == null ? null : record.dirtySince().parked());
    }
}
