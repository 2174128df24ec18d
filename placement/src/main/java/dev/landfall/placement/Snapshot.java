package dev.landfall.placement;

import dev.landfall.model.ClusterView;
import org.jspecify.annotations.Nullable;

/** The state of the log at one offset: what the other modules see, and whose log it is. */
record Snapshot(@Nullable ClusterIdentity cluster, ClusterView view) {
    static final Snapshot EMPTY = new Snapshot(null, ClusterView.EMPTY);
}
