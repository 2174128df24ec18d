package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ClusterView;
import java.util.function.BooleanSupplier;

/** What a job of one kind does. */
interface JobKind {
    /**
     * Refuses what cannot work, before the job exists.
     *
     * @return the arguments in full, defaults included
     */
    JsonNode check(JsonNode args, ClusterView view);

    /**
     * Does this node's share; blocks until done or cancelled. What it throws makes the job {@code failed}.
     *
     * @param tally what is done; with a cursor when an earlier run of the share got so far
     */
    void run(JsonNode args, JobTally tally, BooleanSupplier cancelled);
}
