package dev.landfall.placement;

import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The cluster on Kafka: follows the log, takes part in the election of the coordinator, and decides when it is elected. */
public final class KafkaCluster {
    private KafkaCluster() {}

    /**
     * @param kafka client properties, {@code bootstrap.servers} among them
     * @param partitions of the cluster; recorded when it is created, a different number later is refused
     * @param replication factor of the topics it creates
     * @param initialTargets ids of the nodes that own partitions when the cluster is created
     * @param viewFile where the last view is kept
     * @param requestTimeout how long a decision may take
     */
    public record Config(
            Map<String, String> kafka,
            Topics topics,
            String nodeId,
            int partitions,
            short replication,
            List<String> initialTargets,
            Path viewFile,
            Duration requestTimeout,
            TimeSource time) {}

    /** Returns at once with the view from disk; connects in the background and goes on trying. */
    public static Cluster start(Config config) {
        throw new UnsupportedOperationException("not yet");
    }
}
