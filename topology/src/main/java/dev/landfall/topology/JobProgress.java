package dev.landfall.topology;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a node's share of a job is, on the results topic under the job's id.
 *
 * @param objects what was done
 * @param bytes of these
 * @param skipped what existed already
 * @param ignored what is of no kind that the job takes, as a symbolic link
 * @param reasons of the first failures, and after them of the first that were ignored
 * @param time when this was written
 * @param cursor everything up to here is done; null for a kind that begins anew after a crash
 */
record JobProgress(
        String job,
        String node,
        JobState state,
        @JsonAlias("stored") long objects,
        long bytes,
        long skipped,
        long ignored,
        long failed,
        List<String> reasons,
        String time,
        @Nullable String cursor) {
    JobProgress {
        reasons = List.copyOf(reasons);
    }
}
