package dev.landfall.model;

/**
 * A topology file as the cluster keeps it.
 *
 * @param version 1 for the first file applied under this name; grows with every change of its text
 * @param yaml the file's text
 */
public record TopologyRecord(String name, int version, String yaml) {}
