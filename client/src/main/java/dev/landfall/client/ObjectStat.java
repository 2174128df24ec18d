package dev.landfall.client;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;

/**
 * An object as the server describes it.
 *
 * @param state {@code clean}, {@code dirty} or {@code parked}
 */
public record ObjectStat(ObjectKey key, long size, String etag, Generation generation, String state) {}
