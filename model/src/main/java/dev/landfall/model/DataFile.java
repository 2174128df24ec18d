package dev.landfall.model;

/**
 * One data file of an object on its partition's mountpath.
 *
 * @param id of the file; never reused
 * @param length bytes
 * @param crc32c of the file (Castagnoli, RFC 3720)
 */
public record DataFile(long id, long length, int crc32c) {}
