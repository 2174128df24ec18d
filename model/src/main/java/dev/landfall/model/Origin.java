package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What an output of a pipeline was made from. The destination's owner compares it in its commit: for the same pipeline and source key,
 * the pair (source generation, run) only grows.
 *
 * @param run grows by replay, by force and by a new version of the pipeline
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Origin(String pipeline, String sourceKey, Generation sourceGeneration, long run) {
    public boolean sameSource(Origin other) {
        return pipeline.equals(other.pipeline) && sourceKey.equals(other.sourceKey);
    }

    /** Compares the pair (source generation, run); only meaningful for the same source. */
    public int compareAge(Origin other) {
        int bySource = sourceGeneration.compareTo(other.sourceGeneration);
        return bySource != 0 ? bySource : Long.compare(run, other.run);
    }
}
