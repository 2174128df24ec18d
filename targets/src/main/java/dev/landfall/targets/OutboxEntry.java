package dev.landfall.targets;

import dev.landfall.model.ObjectEvent;

/**
 * An event that was committed with its change and that Kafka may not have yet.
 *
 * @param sequence grows within the partition in commit order
 */
public record OutboxEntry(int partition, long sequence, ObjectEvent event) {}
