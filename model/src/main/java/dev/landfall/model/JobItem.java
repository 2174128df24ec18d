package dev.landfall.model;

/**
 * One target's share of a job, on {@code landfall.work.jobs} in a partition that the target owns.
 *
 * @param node the target
 */
public record JobItem(JobSpec job, String node) {}
