package dev.landfall.targets;

import org.jspecify.annotations.Nullable;

/**
 * A mountpath as its node sees it.
 *
 * @param state {@code ok}, {@code draining}, {@code fenced} (its disk failed) or {@code absent} (it could not be opened)
 * @param why of the last two; null otherwise
 * @param partitions it holds, of this node's own and of others
 * @param moving partitions that are still to come here
 * @param movedBytes copied away from here since the node started
 * @param quarantined data files that were set aside
 * @param usableBytes that can still be written
 */
public record MountpathInfo(
        String path,
        String state,
        @Nullable String why,
        int partitions,
        int moving,
        long movedBytes,
        long quarantined,
        long usableBytes,
        long totalBytes) {}
