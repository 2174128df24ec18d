package dev.landfall.placement;

import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cluster as this node sees it. Every method may be called from any thread. */
public interface Cluster extends AutoCloseable {
    String nodeId();

    /** The newest view; from disk until the log has been read to its end. Never blocks. */
    ClusterView view();

    /**
     * Calls the listener with the present view, then with every newer one, in order, from one thread that is never the caller's. It must
     * not block for long: a thousand views behind, it holds up this node's view.
     */
    void onChange(Consumer<ClusterView> listener);

    /** Whether this node decides changes now. */
    boolean isCoordinator();

    /** Whether the log was reachable at the last attempt. */
    boolean connected();

    /**
     * Why this node must not take part in the cluster, as a sentence for the operator: another number of partitions, another cluster's
     * log, a newer format. It keeps its view, follows nothing and decides nothing until it is restarted. Null while all is well.
     */
    default @Nullable String failure() {
        return null;
    }

    /**
     * Decides a change and returns when it is in the log, committed, and in this node's {@link #view()}.
     *
     * @throws dev.landfall.model.LandfallException with the code of the refusal, or {@code CLUSTER_UNAVAILABLE} when this node is not the
     *     coordinator (any more) or Kafka does not answer in time
     */
    void decide(ClusterCommand command);

    @Override
    void close();
}
