package dev.landfall.topology;

import java.util.List;

/**
 * How far a node's share of a job is, on the results topic under the job's id.
 *
 * @param reasons of the first failures
 * @param time when this was written
 */
record JobProgress(
        String job,
        String node,
        JobState state,
        long stored,
        long bytes,
        long skipped,
        long failed,
        List<String> reasons,
        String time) {
    JobProgress {
        reasons = List.copyOf(reasons);
    }
}
