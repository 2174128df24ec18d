package dev.landfall.topology;

import dev.landfall.model.BucketName;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A topology file that has been read and found right. Iterates in the order of the file. */
public final class TopologySpec {
    private final Map<String, TransformSpec> transforms;
    private final Map<String, PipelineSpec> pipelines;

    TopologySpec(Map<String, TransformSpec> transforms, Map<String, PipelineSpec> pipelines) {
        this.transforms = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(transforms));
        this.pipelines = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(pipelines));
    }

    /** By name. */
    public Map<String, TransformSpec> transforms() {
        return transforms;
    }

    /** By name. */
    Map<String, PipelineSpec> pipelines() {
        return pipelines;
    }

    /** Every bucket that the file names. */
    public Set<BucketName> buckets() {
        Set<BucketName> buckets = new TreeSet<>();
        for (PipelineSpec pipeline : pipelines.values()) {
            buckets.add(pipeline.from());
            buckets.add(pipeline.to());
        }
        return buckets;
    }

    /** Whether nodes would have to run commands. */
    public boolean runsCommands() {
        return transforms.values().stream().anyMatch(TransformSpec.Exec.class::isInstance);
    }
}
