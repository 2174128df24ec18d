package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change in mode {@code sync} that S3 may accept before it is committed here.
 *
 * @param delete whether it is a delete; then there is no body
 * @param fileId of the body, -1 for a delete
 */
public record Intent(
        ObjectKey key,
        Generation generation,
        boolean delete,
        long fileId,
        long length,
        int crc32c,
        @Nullable String contentType,
        Map<String, String> metadata,
        ChangeCause cause) {}
