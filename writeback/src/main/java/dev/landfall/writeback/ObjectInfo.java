package dev.landfall.writeback;

import dev.landfall.model.DataFile;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What HEAD says of an object.
 *
 * @param headers the {@link dev.landfall.model.KeptHeaders} of its PUT, by name in lower case
 * @param generation null for an object that so far is only on S3
 * @param crc32c of the whole object; null where S3 does not tell
 * @param parts lengths of the parts that it was uploaded in and still is kept in, in order; one for any other object
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
        @Nullable Integer crc32c,
        List<Long> parts,
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
                record.crc32c(),
                record.isInParts()
                        ? record.files().stream().map(DataFile::length).toList()
                        : List.of(record.size()),
                record.dirtySince() == null ? null : record.dirtySince().parked());
    }
}
