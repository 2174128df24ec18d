package dev.landfall.client;

import dev.landfall.model.Generation;

/** What the server committed. */
public record PutResult(String etag, Generation generation) {}
