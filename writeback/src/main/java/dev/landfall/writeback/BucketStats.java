package dev.landfall.writeback;

import dev.landfall.targets.DirtyStats;

/** Of one bucket on one node. */
public record BucketStats(DirtyStats dirty) {}
