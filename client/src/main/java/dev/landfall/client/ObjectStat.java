package dev.landfall.client;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import org.jspecify.annotations.Nullable;

/**
 * An object as the server describes it.
 *
 * @param generation null for an object that only S3 has and that Landfall did not put there
 * @param state {@code clean}, {@code dirty} or {@code parked}
 * @param parked why S3 refused it for good; null unless the state is {@code parked}
 */
public record ObjectStat(
        ObjectKey key,
        long size,
        String etag,
        @Nullable Generation generation,
        String state,
        @Nullable String parked) {}
