package dev.landfall.placement;

import dev.landfall.model.JobItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command changes, all of it in one transaction.
 *
 * @param changes of the cluster log; empty when nothing changes
 * @param items for the topic of the jobs
 * @param topology whose topics must exist before the changes are committed
 */
record Decision(
        List<Change> changes, List<Item> items, @Nullable String topology) {
    /** A target's share of a job, and the partition it goes to. */
    record Item(int partition, JobItem item) {}

    static final Decision NONE = of();

    static Decision of(Change... changes) {
        return new Decision(List.of(changes), List.of(), null);
    }
}
