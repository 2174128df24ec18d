package dev.landfall.model;

/**
 * A node as the cluster knows it.
 *
 * @param http base URL of its front door, for clients
 * @param peer base URL of its node-to-node listener
 * @param storeId the identity of its store; another one means that its index is new, and its partitions enter a new epoch
 */
public record NodeInfo(String id, String http, String peer, String storeId) {}
