package dev.landfall.placement;

import dev.landfall.model.Json;
import org.jspecify.annotations.Nullable;

/**
 * One record for the cluster log.
 *
 * @param value JSON; null deletes the key
 */
record Change(String key, byte @Nullable [] value) {
    static final String CLUSTER = "cluster";
    static final String COORDINATOR = "coordinator";
    static final String MAP = "map";
    static final String NODE = "node/";
    static final String BUCKET = "bucket/";
    static final String TOPOLOGY = "topology/";
    static final String JOB = "job/";
    static final String KEY = "key/";

    /** The value of the key {@link #COORDINATOR}. */
    record CoordinatorRecord(String node) {}

    static Change set(String key, Object value) {
        return new Change(key, Json.write(value));
    }

    static Change delete(String key) {
        return new Change(key, null);
    }
}
