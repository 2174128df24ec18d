package dev.landfall.topology;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import java.time.Duration;
import java.util.List;

/**
 * A pipeline as a topology file declares it.
 *
 * @param match patterns for the names of sources; empty for all
 * @param via names of transforms, in order
 * @param overwrite whether an output may replace an object that this pipeline did not make from the same source
 * @param concurrency attempts at once on one node; 0 for the number of its cores
 * @param attempts how often a transform is tried before the item is a dead letter
 * @param backoff before the second attempt; doubles with each further one
 */
record PipelineSpec(
        String name,
        BucketName from,
        List<Glob> match,
        List<String> via,
        BucketName to,
        NameTemplate outputName,
        boolean overwrite,
        int concurrency,
        int attempts,
        Duration backoff) {
    static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

    PipelineSpec {
        match = List.copyOf(match);
        via = List.copyOf(via);
    }

    boolean accepts(ObjectKey key) {
        return key.bucket().equals(from)
                && (match.isEmpty() || match.stream().anyMatch(glob -> glob.matches(key.name())));
    }

    /** @throws dev.landfall.model.LandfallException {@code INVALID_OBJECT_NAME} when the template makes no valid name of this one */
    ObjectKey outputFor(ObjectKey source) {
        return new ObjectKey(to, outputName.apply(source.name()));
    }

    int slots() {
        return concurrency > 0 ? concurrency : Runtime.getRuntime().availableProcessors();
    }

    /** How long to wait after the given number of tries (1 for the first). */
    static Duration backoff(Duration first, int tries) {
        Duration wait = first.multipliedBy(1L << Math.min(Math.max(tries - 1, 0), 20));
        return wait.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : wait;
    }

    /** Whether an output of this pipeline could be a source of the other. */
    boolean feeds(PipelineSpec other) {
        Glob made = outputName.shape();
        return to.equals(other.from)
                && (other.match.isEmpty() || other.match.stream().anyMatch(made::intersects));
    }
}
