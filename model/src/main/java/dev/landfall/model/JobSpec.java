package dev.landfall.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A bounded run that somebody asked for.
 *
 * @param kind for example {@code promote}
 * @param args of the kind
 */
public record JobSpec(String id, String kind, JsonNode args, Instant created, boolean cancelled) {}
