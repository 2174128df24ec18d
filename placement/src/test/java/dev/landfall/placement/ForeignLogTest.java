package dev.landfall.placement;

import static dev.landfall.placement.ClusterFixture.bucket;
import static dev.landfall.placement.ClusterFixture.coordinator;
import static dev.landfall.placement.ClusterFixture.eventually;
import static dev.landfall.placement.ClusterFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Logs that a node must not follow. */
class ForeignLogTest {
    @RegisterExtension
    final SharedBroker broker = new SharedBroker();

    @Test
    void anotherNumberOfPartitionsIsRefusedForGood() {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);

        Cluster other = broker.nodes().start(broker.nodes().config("n2", 16));

        assertThat(eventually(other::failure)).contains("8 partitions").contains("16");
        assertThat(other.connected()).isFalse();
        refused(ErrorCode.CLUSTER_UNAVAILABLE, other, bucket("photos"));

        n1.close();
        Cluster again = broker.nodes().start(broker.nodes().config("n1", 16));
        assertThat(eventually(again::failure)).contains("8 partitions");
        assertThat(again.view().requireMap().partitions()).as("the view stays").isEqualTo(8);
    }

    @Test
    void aLogOfAnotherClusterIsRefused() {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        n1.close();
        try (ClusterFixture elsewhere = broker.another()) {
            KafkaCluster.Config there = elsewhere.config("n1", ClusterFixture.PARTITIONS);
            Cluster moved = elsewhere.start(new KafkaCluster.Config(
                    there.kafka(),
                    there.topics(),
                    "n1",
                    there.partitions(),
                    there.replication(),
                    there.initialTargets(),
                    broker.nodes().config("n1", ClusterFixture.PARTITIONS).viewFile(),
                    there.requestTimeout(),
                    there.time()));

            assertThat(eventually(moved::failure)).contains("is empty").contains("belongs to the cluster");
            assertThat(moved.view().requireMap()).isEqualTo(n1.view().requireMap());
        }
    }
}
