package dev.landfall.writeback;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.placement.Cluster;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A cluster whose buckets the test sets. */
final class FakeCluster implements Cluster {
    private volatile ClusterView view = ClusterView.EMPTY;

    FakeCluster bucket(String name, BucketSpec spec) {
        Map<String, BucketSpec> buckets = new HashMap<>(view.buckets());
        buckets.put(name, spec);
        view = new ClusterView(0, null, null, Map.of(), buckets, Map.of(), Map.of());
        return this;
    }

    @Override
    public String nodeId() {
        return "n1";
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public void onChange(Consumer<ClusterView> listener) {
        listener.accept(view);
    }

    @Override
    public boolean isCoordinator() {
        return false;
    }

    @Override
    public boolean connected() {
        return true;
    }

    @Override
    public void decide(ClusterCommand command) {
        throw new UnsupportedOperationException("The test sets the buckets");
    }

    @Override
    public void close() {}
}
