package dev.landfall.placement;

import static dev.landfall.placement.ClusterFixture.bucket;
import static dev.landfall.placement.ClusterFixture.coordinator;
import static dev.landfall.placement.ClusterFixture.eventually;
import static dev.landfall.placement.ClusterFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.Topics;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who decides, whatever happens to the one who did. */
class CoordinatorChangeTest {
    @RegisterExtension
    final SharedBroker broker = new SharedBroker();

    @Test
    void aNewCoordinatorGoesOnWhereTheLastOneStopped() {
        // Longer than this test waits for anything: who closes leaves the group, and is not missed by its silence.
        Cluster n1 = broker.nodes().start(patient("n1"));
        coordinator(n1);
        Cluster n2 = broker.nodes().start(patient("n2"));
        n1.decide(bucket("first"));
        eventually(() -> n2.view().buckets().containsKey("first"));

        long start = System.nanoTime();
        n1.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));

        coordinator(n2);
        n2.decide(bucket("second"));
        assertThat(n2.view().buckets()).containsOnlyKeys("first", "second");
        assertThat(n2.view().coordinator()).isEqualTo("n2");
        assertThat(n2.view().requireMap().version()).isEqualTo(1);
        refused(ErrorCode.CLUSTER_UNAVAILABLE, n1, bucket("third"));
    }

    /** Who is silent for so long is missed. */
    private static Map<String, String> hasty(String bootstrap) {
        return Map.of("bootstrap.servers", bootstrap, "session.timeout.ms", "3000");
    }

    private KafkaCluster.Config patient(String nodeId) {
        return broker.nodes()
                .config(nodeId, Map.of("bootstrap.servers", broker.bootstrap(), "session.timeout.ms", "300000"));
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
                        broker.bootstrap(),
                        broker.directory().toString(),
                        broker.nodes().topics.prefix())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Cluster n2;
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isEqualTo("decided");
            n2 = broker.nodes().start(broker.nodes().config("n2", hasty(broker.bootstrap())));
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
            Cluster n1 = fixture.start(fixture.config("n1", hasty(args[0])));
            coordinator(n1);
            n1.decide(bucket("first"));
            System.out.println("decided");
            Thread.sleep(60_000);
            System.exit(1);
        }
    }

    @Test
    void aNodeThatJoinsDoesNotDeposeTheCoordinator() {
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        ClusterView declared = n1.view();

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            for (String joining : List.of("n2", "n3")) {
                Cluster other = broker.nodes().start(joining);
                String group = broker.nodes().topics.prefix() + ".coordinator";
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
        Cluster n1 = broker.nodes().start("n1");
        coordinator(n1);
        n1.decide(bucket("first"));
        long elected = n1.view().offset();

        try (var newer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        broker.bootstrap(),
                        "transactional.id",
                        broker.nodes().topics.prefix() + ".coordinator"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            newer.initTransactions();
            newer.beginTransaction();
            newer.send(new ProducerRecord<>(
                    broker.nodes().topics.cluster(), 0, Change.BUCKET + "ghost", Json.write(BucketSpec.local())));
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
        KafkaCluster.Config one = broker.nodes().config("n1", ClusterFixture.PARTITIONS);
        KafkaCluster.Config two = broker.nodes().config("n2", ClusterFixture.PARTITIONS);
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
        Cluster reader = broker.nodes().start("n3");
        coordinator(reader);
        assertThat(reader.view().buckets()).containsOnlyKeys("of-the-older", "of-the-newer", "after-that");
    }

    @Test
    void everyAcceptedDecisionSurvivesAnyChangeOfCoordinator() throws Exception {
        Map<String, Cluster> up = new ConcurrentHashMap<>();
        List.of("n1", "n2", "n3").forEach(id -> up.put(id, broker.nodes().start(id)));
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
            up.put(deposed.nodeId(), broker.nodes().start(deposed.nodeId()));
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
}
