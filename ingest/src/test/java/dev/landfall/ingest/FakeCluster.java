package dev.landfall.ingest;

import dev.landfall.model.AccessKey;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobSpec;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.TopologyRecord;
import dev.landfall.placement.Cluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One node's window on a cluster state that lives in this process. */
final class FakeCluster implements Cluster {
    /** The state that all windows show. */
    static final class State {
        final List<FakeCluster> windows = new CopyOnWriteArrayList<>();
        private ClusterView view;

        State(String coordinator, int partitions, List<String> owners) {
            List<ClusterMap.Ownership> map = new ArrayList<>();
            for (int p = 0; p < partitions; p++) {
                map.add(new ClusterMap.Ownership(owners.get(p % owners.size()), 1));
            }
            view = new ClusterView(0, new ClusterMap(1, map), coordinator, Map.of(), Map.of(), Map.of(), Map.of());
        }

        synchronized ClusterView view() {
            return view;
        }

        synchronized void change(UnaryOperator<ClusterView> change) {
            ClusterView next = change.apply(view);
            view = new ClusterView(
                    view.offset() + 1,
                    next.map(),
                    next.coordinator(),
                    next.nodes(),
                    next.buckets(),
                    next.topologies(),
                    next.jobs(),
                    next.keys());
            windows.forEach(window -> window.show(view));
        }
    }

    final State state;
    private final String node;
    private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterView seen;
    volatile boolean frozen;
    volatile boolean logIsAway;

    FakeCluster(State state, String node) {
        this.state = state;
        this.node = node;
        this.seen = state.view();
        state.windows.add(this);
    }

    private void show(ClusterView view) {
        if (!frozen) {
            seen = view;
            listeners.forEach(listener -> listener.accept(view));
        }
    }

    void thaw() {
        // In the order of the changes: a newer view must not be followed by an older one.
        synchronized (state) {
            frozen = false;
            show(state.view());
        }
    }

    @Override
    public String nodeId() {
        return node;
    }

    @Override
    public ClusterView view() {
        return seen;
    }

    @Override
    public void onChange(Consumer<ClusterView> listener) {
        listeners.add(listener);
        listener.accept(seen);
    }

    @Override
    public boolean isCoordinator() {
        return node.equals(seen.coordinator());
    }

    @Override
    public boolean connected() {
        return !logIsAway;
    }

    @Override
    public void decide(ClusterCommand command) {
        if (!isCoordinator() || logIsAway) {
            throw LandfallException.of(ErrorCode.CLUSTER_UNAVAILABLE);
        }
        switch (command) {
            case ClusterCommand.RegisterNode register ->
                change(nodes(v -> v.put(register.node().id(), register.node())));
            case ClusterCommand.CreateBucket create ->
                change(buckets(v -> {
                    BucketSpec before = v.putIfAbsent(create.name().value(), create.spec());
                    if (before != null && !before.declaresTheSameAs(create.spec())) {
                        throw LandfallException.of(ErrorCode.BUCKET_EXISTS);
                    }
                }));
            case ClusterCommand.DeleteBucket delete ->
                change(buckets(v -> v.remove(delete.name().value())));
            case ClusterCommand.ApplyTopology apply ->
                change(v -> new ClusterView(
                        0,
                        v.map(),
                        v.coordinator(),
                        v.nodes(),
                        v.buckets(),
                        Map.of(apply.name(), new TopologyRecord(apply.name(), 1, apply.yaml())),
                        v.jobs(),
                        v.keys()));
            case ClusterCommand.DeleteTopology delete -> {}
            case ClusterCommand.CreateJob create -> {
                Map<String, JobSpec> jobs = Map.of(create.job().id(), create.job());
                change(v -> new ClusterView(
                        0, v.map(), v.coordinator(), v.nodes(), v.buckets(), v.topologies(), jobs, v.keys()));
            }
            case ClusterCommand.CancelJob cancel -> {}
            case ClusterCommand.CreateKey create ->
                change(keys(v -> v.put(create.key().id(), create.key())));
            case ClusterCommand.DeleteKey delete -> change(keys(v -> v.remove(delete.id())));
        }
    }

    private void change(UnaryOperator<ClusterView> change) {
        state.change(change);
    }

    static UnaryOperator<ClusterView> nodes(Consumer<Map<String, NodeInfo>> change) {
        return v -> {
            Map<String, NodeInfo> nodes = new HashMap<>(v.nodes());
            change.accept(nodes);
            return new ClusterView(0, v.map(), v.coordinator(), nodes, v.buckets(), v.topologies(), v.jobs(), v.keys());
        };
    }

    static UnaryOperator<ClusterView> buckets(Consumer<Map<String, BucketSpec>> change) {
        return v -> {
            Map<String, BucketSpec> buckets = new HashMap<>(v.buckets());
            change.accept(buckets);
            return new ClusterView(0, v.map(), v.coordinator(), v.nodes(), buckets, v.topologies(), v.jobs(), v.keys());
        };
    }

    static UnaryOperator<ClusterView> keys(Consumer<Map<String, AccessKey>> change) {
        return v -> {
            Map<String, AccessKey> keys = new HashMap<>(v.keys());
            change.accept(keys);
            return new ClusterView(0, v.map(), v.coordinator(), v.nodes(), v.buckets(), v.topologies(), v.jobs(), keys);
        };
    }

    static UnaryOperator<ClusterView> map(ClusterMap map) {
        return v ->
                new ClusterView(0, map, v.coordinator(), v.nodes(), v.buckets(), v.topologies(), v.jobs(), v.keys());
    }

    @Override
    public void close() {}
}
