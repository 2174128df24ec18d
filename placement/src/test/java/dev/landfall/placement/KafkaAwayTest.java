package dev.landfall.placement;

import static dev.landfall.placement.ClusterFixture.bucket;
import static dev.landfall.placement.ClusterFixture.coordinator;
import static dev.landfall.placement.ClusterFixture.eventually;
import static dev.landfall.placement.ClusterFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.dev.kafka.EmbeddedKafka;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaAwayTest {
    @TempDir
    Path kafkaDirectory;

    @TempDir
    Path directory;

    @Test
    void aNodeServesItsLastViewWhileKafkaIsAwayAndGoesOnWhenItIsBack() {
        EmbeddedKafka kafka = EmbeddedKafka.start(kafkaDirectory, 0);
        try (ClusterFixture nodes = new ClusterFixture(kafka.bootstrap(), directory)) {
            Cluster n1 = nodes.start("n1");
            Cluster n2 = nodes.start("n2");
            Cluster decider = coordinator(n1, n2);
            decider.decide(bucket("photos"));
            ClusterView decided = decider.view();
            eventually(() -> n1.view().equals(decided) && n2.view().equals(decided));

            kafka.close();

            // Whoever asks before the outage is noticed waits no longer than the limit.
            long start = System.nanoTime();
            refused(ErrorCode.CLUSTER_UNAVAILABLE, decider, bucket("lost"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            eventually(() -> !n1.connected() && !n2.connected());
            assertThat(decider.isCoordinator()).isFalse();
            refused(ErrorCode.CLUSTER_UNAVAILABLE, decider, bucket("lost"));
            assertThat(decider.view()).isEqualTo(decided);

            // A node that restarts meanwhile has the view at once.
            start = System.nanoTime();
            n2.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            Cluster restarted = nodes.start("n2");
            assertThat(restarted.view()).isEqualTo(decided);
            assertThat(restarted.connected()).isFalse();

            kafka = EmbeddedKafka.start(kafkaDirectory, 0);

            Cluster next = coordinator(n1, restarted);
            next.decide(bucket("after"));
            assertThat(next.view().buckets()).containsKeys("photos", "after");
            eventually(() -> n1.view().equals(next.view()) && restarted.view().equals(next.view()));
            assertThat(next.view().requireMap()).isEqualTo(decided.requireMap());
        } finally {
            kafka.close();
        }
    }
}
