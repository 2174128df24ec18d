package dev.landfall.topology;

import java.util.List;

/**
 * How far a node's share of a job is, on the results topic under the job's id.
 *
 * @param skipped what existed already
 * @param ignored what is of no kind that the job takes, as a symbolic link
 * @param reasons of the first failures, and after them of the first that were ignored
 * @param time when this was written
 */
record JobProgress(
        String job,
        String node,
        JobState state,
        long stored,
        long bytes,
        long skipped,
        long ignored,
        long failed,
        List<String> reasons,
        String time) {
    JobProgress {
        reasons = List.copyOf(reasons);
    }
}
