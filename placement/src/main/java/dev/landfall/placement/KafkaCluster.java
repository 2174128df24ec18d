package dev.landfall.placement;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
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
            TimeSource time) {
        public Config {
            kafka = Map.copyOf(kafka);
            initialTargets = List.copyOf(initialTargets);
            if (!kafka.containsKey("bootstrap.servers")) {
                throw invalid("kafka needs bootstrap.servers");
            }
            if (partitions < 1 || replication < 1) {
                throw invalid("partitions and replication must be 1 or more");
            }
            if (initialTargets.isEmpty()) {
                throw invalid("initialTargets needs the id of at least one node");
            }
            if (requestTimeout.compareTo(Duration.ofMillis(100)) < 0
                    || requestTimeout.compareTo(Duration.ofMinutes(5)) > 0) {
                throw invalid("requestTimeout must be between 100 ms and 5 min");
            }
        }

        private static LandfallException invalid(String sentence) {
            return new LandfallException(ErrorCode.INVALID_ARGUMENT, sentence);
        }

        /** Client properties hold passwords. */
        @Override
        public String toString() {
            return "Config[" + nodeId + ", " + topics.prefix() + ", " + partitions + " partitions]";
        }
    }

    /**
     * Returns at once with the view from disk; connects in the background and goes on trying.
     *
     * @throws IllegalStateException when a newer version of Landfall has written the view on disk
     */
    public static Cluster start(Config config) {
        return ClusterMember.start(config);
    }
}
