package dev.landfall.writeback;

/**
 * A part as a Complete names it.
 *
 * @param etag with or without quotes
 */
public record CompletedPart(int number, String etag) {}
