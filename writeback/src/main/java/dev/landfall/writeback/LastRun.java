package dev.landfall.writeback;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord.DirtyMark;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.Intent;
import dev.landfall.targets.ObjectStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the run before this one may have left on its way to S3. */
final class LastRun {
    private final TimeSource time;
    private final Instant end;
    private final Set<ObjectKey> intents;

    static LastRun of(ObjectStore store, TimeSource time) {
        return new LastRun(time, store.intents().stream().map(Intent::key).collect(Collectors.toSet()));
    }

    /** @param intents keys whose sync changes it did not end */
    private LastRun(TimeSource time, Set<ObjectKey> intents) {
        this.time = time;
        this.end = time.now().truncatedTo(ChronoUnit.MILLIS);
        this.intents = Set.copyOf(intents);
    }

    /**
     * Whether an attempt of it at this key may be alive.
     *
     * @param mark of the key, which overwriting keeps; null when it is clean
     */
    boolean mayBeTrying(ObjectKey key, @Nullable DirtyMark mark) {
        // What lies in the future was made before the clock was set back.
        return intents.contains(key)
                || mark != null && (mark.since().isBefore(end) || mark.since().isAfter(time.now()));
    }
}
