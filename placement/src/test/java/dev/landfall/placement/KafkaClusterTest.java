package dev.landfall.placement;

import static dev.landfall.placement.ClusterFixture.bucket;
import static dev.landfall.placement.ClusterFixture.coordinator;
import static dev.landfall.placement.ClusterFixture.eventually;
import static dev.landfall.placement.ClusterFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.BucketName;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobItem;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.NodeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the cluster decides, and how every node sees it. */
class KafkaClusterTest {
    @RegisterExtension
    final SharedBroker broker = new SharedBroker();

    @Test
    void theFirstNodeCreatesTheClusterAndDecides() throws Exception {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        n1.decide(bucket("photos"));

        ClusterView view = n1.view();
        assertThat(view.coordinator()).isEqualTo("n1");
        assertThat(view.requireMap()).isEqualTo(Rendezvous.plan(List.of("n1", "n2", "n3"), ClusterFixture.PARTITIONS));
        assertThat(view.buckets()).containsOnlyKeys("photos");
        assertThat(n1.connected()).isTrue();
        assertThat(n1.failure()).isNull();
        refused(ErrorCode.NO_SUCH_BUCKET, n1, new ClusterCommand.DeleteBucket(new BucketName("other")));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            var topics = List.of(
                    broker.nodes().topics.cluster(),
                    broker.nodes().topics.objects(),
                    broker.nodes().topics.results(),
                    broker.nodes().topics.jobs());
            assertThat(admin.describeTopics(topics).allTopicNames().get())
                    .allSatisfy((name, topic) -> assertThat(topic.partitions())
                            .hasSize(name.equals(broker.nodes().topics.cluster()) ? 1 : ClusterFixture.PARTITIONS));
        }
    }

    @Test
    void everyNodeSeesTheSameAndOnlyOneDecides() {
        Cluster n1 = broker.nodes().start("n1");
        Cluster n2 = broker.nodes().start("n2");
        Cluster n3 = broker.nodes().start("n3");
        Cluster decider = coordinator(n1, n2, n3);
        for (Cluster each : List.of(n1, n2, n3)) {
            decider.decide(new ClusterCommand.RegisterNode(
                    new NodeInfo(each.nodeId(), "http://" + each.nodeId(), "peer", "s")));
        }
        ClusterView decided = decider.view();

        assertThat(decided.nodes()).containsOnlyKeys("n1", "n2", "n3");
        assertThat(decided.coordinator()).isEqualTo(decider.nodeId());
        for (Cluster each : List.of(n1, n2, n3)) {
            eventually(() -> each.view().equals(decided));
            if (each != decider) {
                assertThat(each.isCoordinator()).isFalse();
                refused(ErrorCode.CLUSTER_UNAVAILABLE, each, bucket("elsewhere"));
            }
        }
    }

    @Test
    void listenersGetThePresentViewAndEveryNewerOneInOrder() {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        n1.decide(bucket("before"));
        List<ClusterView> seen = new CopyOnWriteArrayList<>();

        AtomicBoolean failed = new AtomicBoolean();
        n1.onChange(view -> {
            if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("a listener that fails harms no other");
            }
        });
        n1.onChange(seen::add);
        for (int i = 0; i < 20; i++) {
            n1.decide(bucket("bucket-" + i));
        }

        eventually(() -> !seen.isEmpty() && seen.getLast().buckets().size() == 21);
        assertThat(seen.getFirst().buckets()).containsKey("before");
        assertThat(seen).isSortedAccordingTo((a, b) -> Long.compare(a.offset(), b.offset()));
        List<Integer> sizes =
                seen.stream().map(view -> view.buckets().size()).distinct().toList();
        assertThat(sizes).hasSize(21 - sizes.getFirst() + 1);
    }

    @Test
    void aJobAndItsItemsAreOneTransaction() {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        var job = new JobSpec(
                "j1",
                "promote",
                Json.mapper().createObjectNode().put("bucket", "b"),
                Instant.EPOCH.plusSeconds(5),
                false);

        n1.decide(new ClusterCommand.CreateJob(job));

        assertThat(n1.view().jobs()).containsEntry("j1", job);
        List<ConsumerRecord<String, byte[]>> items = read(broker.nodes().topics.jobs(), 3);
        assertThat(items)
                .extracting(item -> Json.read(item.value(), JobItem.class).job())
                .containsOnly(job);
        assertThat(items).allSatisfy(item -> {
            String node = Json.read(item.value(), JobItem.class).node();
            assertThat(item.key()).isEqualTo(node);
            assertThat(item.partition())
                    .isEqualTo(n1.view().requireMap().partitionsOf(node).getFirst());
        });
        assertThat(items).extracting(ConsumerRecord::key).containsExactlyInAnyOrder("n1", "n2", "n3");
        n1.decide(new ClusterCommand.CancelJob("j1"));
        assertThat(n1.view().jobs().get("j1").cancelled()).isTrue();
    }

    @Test
    void aTopologysTopicsExistBeforeItsRecord() throws Exception {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        n1.decide(new ClusterCommand.ApplyTopology("speech", "text"));

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            var topics = List.of(
                    broker.nodes().topics.work("speech"), broker.nodes().topics.deadLetters("speech"));
            assertThat(admin.describeTopics(topics).allTopicNames().get().values())
                    .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(ClusterFixture.PARTITIONS));
            for (String work : List.of(
                    broker.nodes().topics.work("speech"), broker.nodes().topics.jobs())) {
                var resource = new ConfigResource(ConfigResource.Type.TOPIC, work);
                assertThat(admin.describeConfigs(List.of(resource))
                                .values()
                                .get(resource)
                                .get()
                                .get("retention.ms")
                                .value())
                        .as("items of %s stay until they are done", work)
                        .isEqualTo("-1");
            }
            admin.createTopics(List.of(new NewTopic(broker.nodes().topics.work("taken"), 2, (short) 1)))
                    .all()
                    .get();
        }
        refused(ErrorCode.INVALID_TOPOLOGY, n1, new ClusterCommand.ApplyTopology("taken", "text"));
        assertThat(n1.view().topologies()).containsOnlyKeys("speech");
        n1.decide(bucket("the-session-goes-on"));
    }

    private List<ConsumerRecord<String, byte[]>> read(String topic, int count) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            for (int i = 0; i < 120 && records.size() < count; i++) {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
            }
            return records;
        }
    }
}
