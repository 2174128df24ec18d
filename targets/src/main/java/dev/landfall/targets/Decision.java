package dev.landfall.targets;

import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectRecord;
import org.jspecify.annotations.Nullable;

/** What becomes of a piece of work, decided against the newest record of its key. */
sealed interface Decision {
    record Reject(CommitResult.Reason reason) implements Decision {}

    /** Done before. */
    record Nothing(ObjectRecord record) implements Decision {}

    /**
     * @param after the new record; null to remove it
     * @param sequence of the event
     * @param syncedIndex whether the index has to survive a power cut
     * @param syncedFile whether the data file was synced
     */
    record Write(
            @Nullable ObjectRecord after,
            @Nullable ObjectEvent event,
            long sequence,
            boolean syncedIndex,
            boolean syncedFile)
            implements Decision {}
}
