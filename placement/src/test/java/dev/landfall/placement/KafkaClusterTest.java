package dev.landfall.placement;

import static dev.landfall.placement.ClusterFixture.bucket;
import static dev.landfall.placement.ClusterFixture.coordinator;
import static dev.landfall.placement.ClusterFixture.eventually;
import static dev.landfall.placement.ClusterFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landfall.dev.kafka.EmbeddedKafka;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobItem;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.Topics;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaClusterTest {
    @TempDir
    static Path kafkaDirectory;

    @TempDir
    Path directory;

    private static EmbeddedKafka kafka;
    private ClusterFixture nodes;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(kafkaDirectory, 0);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void prepare() {
        nodes = new ClusterFixture(kafka.bootstrap(), directory);
    }

    @AfterEach
    void closeNodes() {
        nodes.close();
    }

    @Test
    void theFirstNodeCreatesTheClusterAndDecides() throws Exception {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        n1.decide(bucket("photos"));

        ClusterView view = n1.view();
        assertThat(view.coordinator()).isEqualTo("n1");
        assertThat(view.requireMap()).isEqualTo(Rendezvous.plan(List.of("n1", "n2", "n3"), ClusterFixture.PARTITIONS));
        assertThat(view.buckets()).containsOnlyKeys("photos");
        assertThat(n1.connected()).isTrue();
        assertThat(n1.failure()).isNull();
        refused(ErrorCode.NO_SUCH_BUCKET, n1, new ClusterCommand.DeleteBucket(new BucketName("other")));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            var topics = List.of(
                    nodes.topics.cluster(), nodes.topics.objects(), nodes.topics.results(), nodes.topics.jobs());
            assertThat(admin.describeTopics(topics).allTopicNames().get())
                    .allSatisfy((name, topic) -> assertThat(topic.partitions())
                            .hasSize(name.equals(nodes.topics.cluster()) ? 1 : ClusterFixture.PARTITIONS));
        }
    }

    @Test
    void everyNodeSeesTheSameAndOnlyOneDecides() {
        Cluster n1 = nodes.start("n1");
        Cluster n2 = nodes.start("n2");
        Cluster n3 = nodes.start("n3");
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
        Cluster n1 = nodes.start("n1");
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
    void aNewCoordinatorGoesOnWhereTheLastOneStopped() {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        Cluster n2 = nodes.start("n2");
        n1.decide(bucket("first"));
        eventually(() -> n2.view().buckets().containsKey("first"));

        long start = System.nanoTime();
        n1.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));

        coordinator(n2);
        // Well below the time after which the group notices a silent member.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        n2.decide(bucket("second"));
        assertThat(n2.view().buckets()).containsOnlyKeys("first", "second");
        assertThat(n2.view().coordinator()).isEqualTo("n2");
        assertThat(n2.view().requireMap().version()).isEqualTo(1);
        refused(ErrorCode.CLUSTER_UNAVAILABLE, n1, bucket("third"));
    }

    @Test
    void aKilledCoordinatorIsReplaced() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledNode.class.getName(),
                        kafka.bootstrap(),
                        directory.toString(),
                        nodes.topics.prefix())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Cluster n2;
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isEqualTo("decided");
            n2 = nodes.start("n2");
            eventually(() -> n2.view().buckets().containsKey("first"));
        } finally {
            child.destroyForcibly().waitFor();
        }

        coordinator(n2);
        n2.decide(bucket("second"));
        assertThat(n2.view().buckets()).containsOnlyKeys("first", "second");
    }

    /** Ends only by being killed. */
    static final class KilledNode {
        public static void main(String[] args) throws Exception {
            ClusterFixture fixture = new ClusterFixture(args[0], Path.of(args[1]), new Topics(args[2]));
            Cluster n1 = fixture.start("n1");
            coordinator(n1);
            n1.decide(bucket("first"));
            System.out.println("decided");
            Thread.sleep(60_000);
            System.exit(1);
        }
    }

    @Test
    void aNodeThatJoinsDoesNotDeposeTheCoordinator() {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        ClusterView declared = n1.view();

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            for (String joining : List.of("n2", "n3")) {
                Cluster other = nodes.start(joining);
                String group = nodes.topics.prefix() + ".coordinator";
                eventually(() -> {
                    var members = admin.describeConsumerGroups(List.of(group))
                            .all()
                            .get()
                            .get(group);
                    return members.groupState() == GroupState.STABLE
                            && members.members().size() == 2;
                });
                other.close();
            }
        }
        n1.decide(bucket("photos"));

        assertThat(n1.isCoordinator()).isTrue();
        // The record, and the marker of the transaction before it: no election in between.
        assertThat(n1.view().offset()).isEqualTo(declared.offset() + 2);
    }

    @Test
    void aFencedCoordinatorStepsDownAndItsDecisionIsNotVisible() {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        n1.decide(bucket("first"));
        long elected = n1.view().offset();

        try (var newer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        kafka.bootstrap(),
                        "transactional.id",
                        nodes.topics.prefix() + ".coordinator"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            newer.initTransactions();
            newer.beginTransaction();
            newer.send(new ProducerRecord<>(
                    nodes.topics.cluster(), 0, Change.BUCKET + "ghost", Json.write(BucketSpec.local())));
            newer.flush();
            // It dies with its transaction open.
            newer.close(Duration.ZERO);
        }
        refused(ErrorCode.CLUSTER_UNAVAILABLE, n1, bucket("fenced"));

        eventually(() -> n1.isCoordinator() && n1.view().offset() > elected);
        assertThat(n1.view().buckets()).containsOnlyKeys("first");
        n1.decide(bucket("second"));
        assertThat(n1.view().buckets()).containsOnlyKeys("first", "second");
    }

    @Test
    void ofTwoWhoThinkTheyCoordinateOnlyTheNewerOneCommits() {
        KafkaCluster.Config one = nodes.config("n1", ClusterFixture.PARTITIONS);
        KafkaCluster.Config two = nodes.config("n2", ClusterFixture.PARTITIONS);
        ClusterTopics topics = new ClusterTopics(one, new Health());
        topics.ensureCluster();
        try (CoordinatorSession older = CoordinatorSession.open(one, topics, null)) {
            older.decide(bucket("of-the-older"));
            try (CoordinatorSession newer = CoordinatorSession.open(two, topics, null)) {
                newer.decide(bucket("of-the-newer"));
                assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> older.decide(bucket("too-late")));
                newer.decide(bucket("after-that"));
            }
        }
        Cluster reader = nodes.start("n3");
        coordinator(reader);
        assertThat(reader.view().buckets()).containsOnlyKeys("of-the-older", "of-the-newer", "after-that");
    }

    @Test
    void everyAcceptedDecisionSurvivesAnyChangeOfCoordinator() throws Exception {
        Map<String, Cluster> up = new ConcurrentHashMap<>();
        List.of("n1", "n2", "n3").forEach(id -> up.put(id, nodes.start(id)));
        coordinator(up.values().toArray(Cluster[]::new));
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        Set<String> tried = ConcurrentHashMap.newKeySet();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger names = new AtomicInteger();
        Runnable asker = () -> {
            while (!stop.get()) {
                // Everybody is asked, so that a node that only believes to decide gets its chance to do harm.
                for (Cluster each : up.values()) {
                    String name = "bucket-" + names.incrementAndGet();
                    tried.add(name);
                    try {
                        each.decide(bucket(name));
                        accepted.add(name);
                    } catch (LandfallException e) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            }
        };
        List<Thread> askers =
                List.of(Thread.ofVirtual().start(asker), Thread.ofVirtual().start(asker));
        for (int change = 0; change < 4; change++) {
            int before = accepted.size();
            eventually(() -> accepted.size() > before + 5);
            Cluster deposed = coordinator(up.values().toArray(Cluster[]::new));
            up.remove(deposed.nodeId());
            deposed.close();
            up.put(deposed.nodeId(), nodes.start(deposed.nodeId()));
        }
        stop.set(true);
        for (Thread each : askers) {
            each.join();
        }

        Cluster last = coordinator(up.values().toArray(Cluster[]::new));
        last.decide(bucket("the-end"));
        assertThat(last.view().buckets().keySet()).containsAll(accepted);
        assertThat(tried)
                .containsAll(last.view().buckets().keySet().stream()
                        .filter(name -> !name.equals("the-end"))
                        .toList());
        up.values().forEach(each -> eventually(() -> each.view().equals(last.view())));
    }

    @Test
    void aJobAndItsItemsAreOneTransaction() {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        var job = new JobSpec(
                "j1",
                "promote",
                Json.mapper().createObjectNode().put("bucket", "b"),
                Instant.EPOCH.plusSeconds(5),
                false);

        n1.decide(new ClusterCommand.CreateJob(job));

        assertThat(n1.view().jobs()).containsEntry("j1", job);
        List<ConsumerRecord<String, byte[]>> items = read(nodes.topics.jobs(), 3);
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
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        n1.decide(new ClusterCommand.ApplyTopology("speech", "text"));

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            var topics = List.of(nodes.topics.work("speech"), nodes.topics.deadLetters("speech"));
            assertThat(admin.describeTopics(topics).allTopicNames().get().values())
                    .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(ClusterFixture.PARTITIONS));
            for (String work : List.of(nodes.topics.work("speech"), nodes.topics.jobs())) {
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
            admin.createTopics(List.of(new NewTopic(nodes.topics.work("taken"), 2, (short) 1)))
                    .all()
                    .get();
        }
        refused(ErrorCode.INVALID_TOPOLOGY, n1, new ClusterCommand.ApplyTopology("taken", "text"));
        assertThat(n1.view().topologies()).containsOnlyKeys("speech");
        n1.decide(bucket("the-session-goes-on"));
    }

    @Test
    void anotherNumberOfPartitionsIsRefusedForGood() {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);

        Cluster other = nodes.start(nodes.config("n2", 16));

        assertThat(eventually(other::failure)).contains("8 partitions").contains("16");
        assertThat(other.connected()).isFalse();
        refused(ErrorCode.CLUSTER_UNAVAILABLE, other, bucket("photos"));

        n1.close();
        Cluster again = nodes.start(nodes.config("n1", 16));
        assertThat(eventually(again::failure)).contains("8 partitions");
        assertThat(again.view().requireMap().partitions()).as("the view stays").isEqualTo(8);
    }

    @Test
    void aLogOfAnotherClusterIsRefused() {
        Cluster n1 = nodes.start("n1");
        coordinator(n1);
        n1.close();
        try (ClusterFixture elsewhere = new ClusterFixture(kafka.bootstrap(), directory)) {
            KafkaCluster.Config there = elsewhere.config("n1", ClusterFixture.PARTITIONS);
            Cluster moved = elsewhere.start(new KafkaCluster.Config(
                    there.kafka(),
                    there.topics(),
                    "n1",
                    there.partitions(),
                    there.replication(),
                    there.initialTargets(),
                    nodes.config("n1", ClusterFixture.PARTITIONS).viewFile(),
                    there.requestTimeout(),
                    there.time()));

            assertThat(eventually(moved::failure)).contains("is empty").contains("belongs to the cluster");
            assertThat(moved.view().requireMap()).isEqualTo(n1.view().requireMap());
        }
    }

    private static List<ConsumerRecord<String, byte[]>> read(String topic, int count) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrap(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            for (int i = 0; i < 20 && records.size() < count; i++) {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
            }
            return records;
        }
    }
}
