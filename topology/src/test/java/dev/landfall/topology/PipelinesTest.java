package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Planner and workers on a real broker. */
@ExtendWith(SharedKafka.class)
final class PipelinesTest {
    private static final String FILE = """
            version: 1
            transforms:
              work: {exec: [unused]}
            pipelines:
              shout:
                from: {bucket: words}
                via: [work]
                to: {bucket: shouts, name: "{name}"}
                concurrency: 4
                retry: {attempts: 3, backoff: 50ms}
            """;

    private static TestKafka kafka;

    @TempDir
    Path directory;

    private Topics topics;
    private Fakes.FakeCluster cluster;
    private Fakes.FakeObjects objects;
    private final List<Topologies> started = new ArrayList<>();
    private volatile Transform transform = PipelinesTest::shout;

    @BeforeAll
    static void useKafka(TestKafka shared) {
        kafka = shared;
    }

    @BeforeEach
    void prepare() throws IOException {
        topics = kafka.newTopics();
        objects = new Fakes.FakeObjects(Files.createDirectory(directory.resolve("objects")));
        cluster = new Fakes.FakeCluster("n1");
        cluster.map(Fakes.FakeCluster.map(TestKafka.PARTITIONS, "n1"));
    }

    @AfterEach
    void stop() {
        started.forEach(Topologies::close);
    }

    private Topologies start(Fakes.FakeCluster of) {
        var config = new Topologies.Config(kafka.properties(), topics, directory.resolve(of.nodeId()), (short) 1, true);
        var topologies = Topologies.start(
                config,
                new Fakes.FakeRoutes(),
                objects,
                java.util.Map.of(),
                (Sources) objects,
                of,
                spec -> call -> transform.run(call),
                new SimpleMeterRegistry(),
                TimeSource.system());
        started.add(topologies);
        return topologies;
    }

    private static void shout(TransformCall call) throws IOException {
        Files.writeString(call.output(), Files.readString(call.input()).toUpperCase(java.util.Locale.ROOT));
    }

    private void put(String key, long generation, String text) {
        objects.source(key, generation, text);
        kafka.event(topics, key, generation);
    }

    @Test
    void eachObjectBecomesItsOutput() throws Exception {
        cluster.topology("loud", FILE);
        start(cluster);
        for (int i = 0; i < 50; i++) {
            put("words/w" + i, 1, "text " + i);
        }

        await().until(() -> objects.outputs() == 50);

        assertThat(objects.output("shouts/w7")).isEqualTo("TEXT 7");
        assertThat(objects.outputRecord("shouts/w7").origin())
                .isEqualTo(new dev.landfall.model.Origin(
                        "loud/shout", "words/w7", new dev.landfall.model.Generation(1), 1));
        await().until(() -> outcomes("done").size() == 50);
        try (var left = Files.list(directory.resolve("n1/attempts"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aFailureIsTriedAgainAndThenADeadLetter() {
        var tries = new AtomicInteger();
        transform = call -> {
            if (call.source().name().equals("bad")) {
                tries.incrementAndGet();
                throw new TransformException("it broke", true, "the last words");
            }
            if (call.source().name().equals("shaky") && call.attempt() < 3) {
                throw new TransformException("not yet", true, "");
            }
            shout(call);
        };
        cluster.topology("loud", FILE);
        start(cluster);

        put("words/bad", 1, "x");
        put("words/shaky", 1, "y");

        await().until(() -> outcomes("dead").size() == 1 && objects.output("shouts/shaky") != null);
        assertThat(tries).hasValue(3);
        assertThat(kafka.read(topics.deadLetters("loud"))).singleElement().satisfies(letter -> {
            assertThat(letter.at("/item/key").asText()).isEqualTo("words/bad");
            assertThat(letter.at("/item/attempt").asInt()).isEqualTo(3);
            assertThat(letter.at("/error/stage").asText()).isEqualTo("work");
            assertThat(letter.at("/error/message").asText()).isEqualTo("it broke");
            assertThat(letter.at("/error/detail").asText()).isEqualTo("the last words");
            assertThat(letter.at("/node").asText()).isEqualTo("n1");
        });
        assertThat(objects.output("shouts/bad")).isNull();
    }

    @Test
    void whatCannotWorkIsADeadLetterAtOnce() {
        cluster.topology("loud", FILE);
        objects.putError = new LandfallException(ErrorCode.OUTPUT_CONFLICT, "The name is taken");
        start(cluster);

        put("words/a", 1, "x");

        await().until(() -> outcomes("dead").size() == 1);
        assertThat(kafka.read(topics.deadLetters("loud"))).singleElement().satisfies(letter -> {
            assertThat(letter.at("/item/attempt").asInt()).isEqualTo(1);
            assertThat(letter.at("/error/code").asText()).isEqualTo("OutputConflict");
        });
    }

    @Test
    void anItemWaitsForADestinationThatIsDown() {
        cluster.topology("loud", FILE.replace("attempts: 3, backoff: 50ms", "attempts: 1"));
        objects.putError = new LandfallException(ErrorCode.OWNER_UNAVAILABLE, "n2 is down");
        start(cluster);
        put("words/a", 1, "x");
        await().until(() -> kafka.read(topics.work("loud")).stream()
                .anyMatch(item ->
                        item.path("waits").asInt() == 1 && item.path("attempt").asInt() == 1));

        objects.putError = null;

        await().until(() -> "X".equals(objects.output("shouts/a")));
        assertThat(kafka.read(topics.deadLetters("loud"))).isEmpty();
    }

    @Test
    void oneKeyIsWorkedOnByOneAttemptAtATimeWhileOthersPass() throws Exception {
        var release = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        List<Long> slow = new CopyOnWriteArrayList<>();
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        transform = call -> {
            if (call.source().name().equals("slow")) {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                slow.add(call.generation().value());
                entered.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                inside.decrementAndGet();
            }
            shout(call);
        };
        cluster.topology("loud", FILE);
        start(cluster);
        put("words/slow", 1, "one");
        entered.await();

        put("words/slow", 2, "two");
        for (int i = 0; i < 100; i++) {
            put("words/other" + i, 1, "o");
        }
        await().until(() -> objects.outputs() == 100);
        assertThat(slow).containsExactly(1L);
        release.countDown();

        await().until(() -> objects.output("shouts/slow") != null
                && objects.outputRecord("shouts/slow")
                                .origin()
                                .sourceGeneration()
                                .value()
                        == 2);
        assertThat(objects.output("shouts/slow")).isEqualTo("TWO");
        assertThat(most).hasValue(1);
    }

    @Test
    void anItemWhoseSourceHasChangedIsSkipped() {
        cluster.topology("loud", FILE);
        objects.source("words/a", 2, "new");
        kafka.event(topics, "words/a", 1);
        kafka.event(topics, "words/gone", 1);

        start(cluster);

        await().until(() -> outcomes("skipped").size() == 2);
        assertThat(objects.outputs()).isZero();
    }

    @Test
    void afterARestartOnlyTheUnfinishedRunsAgain() throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        var stuck = new CountDownLatch(1);
        transform = call -> {
            ran.add(call.source().name());
            if (call.source().name().equals("stuck") && stuck.getCount() > 0) {
                while (!call.cancellation().isCancelled()) {
                    java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                }
                return;
            }
            shout(call);
        };
        cluster.topology("loud", FILE);
        Topologies first = start(cluster);
        put("words/stuck", 1, "s");
        for (int i = 0; i < 40; i++) {
            put("words/k" + i, 1, "k");
        }
        // An output whose outcome is not in Kafka yet is made once more.
        await().until(() -> outcomes("done").size() == 40);
        first.close();
        assertThat(objects.output("shouts/stuck")).isNull();

        ran.clear();
        stuck.countDown();
        put("words/last", 1, "l");
        start(cluster);

        await().until(() -> objects.output("shouts/last") != null && objects.output("shouts/stuck") != null);
        assertThat(ran).containsExactlyInAnyOrder("stuck", "last");
    }

    @Test
    void aNewVersionTakesOverAndADeletedTopologyStops() {
        cluster.topology("loud", FILE);
        Topologies topologies = start(cluster);
        put("words/a", 1, "a");
        await().until(() -> objects.output("shouts/a") != null);

        cluster.topology("loud", FILE.replace("{name}\"", "{name}.v2\""));
        await().until(() -> topologies.isRunning("loud", 2));
        put("words/b", 1, "b");
        await().until(() -> objects.output("shouts/b.v2") != null);
        assertThat(objects.outputRecord("shouts/b.v2").origin().run()).isEqualTo(2);

        cluster.topology("loud", null);
        await().until(() -> !topologies.isRunning("loud", 2));
    }

    @Test
    void aPartitionThatMovesIsWorkedOnByItsNewOwner() throws Exception {
        var cancelled = new CountDownLatch(1);
        var began = new CountDownLatch(1);
        transform = call -> {
            if (call.directory().startsWith(directory.resolve("n2"))) {
                shout(call);
                return;
            }
            began.countDown();
            while (!call.cancellation().isCancelled()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            cancelled.countDown();
        };
        cluster.topology("loud", FILE);
        start(cluster);
        put("words/a", 1, "a");
        began.await();
        var other = new Fakes.FakeCluster("n2");
        other.topology("loud", FILE);
        other.map(Fakes.FakeCluster.map(TestKafka.PARTITIONS, "n2"));
        start(other);

        cluster.map(Fakes.FakeCluster.map(TestKafka.PARTITIONS, "n2"));

        cancelled.await();
        await().until(() -> "A".equals(objects.output("shouts/a")));
    }

    @Test
    void aPlannersPlaceThatIsGoneMovesLoudlyAndHoldsUpNobody() throws Exception {
        for (int i = 0; i < 40; i++) {
            put("words/w" + i, 1, "text");
        }
        var gone = new TopicPartition(topics.objects(), 0);
        kafka.place(topics.prefix() + ".planner.loud", gone, 1);
        kafka.deleteBefore(gone, 3);
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(PlannerClients.class);
        logger.addAppender(log);
        cluster.topology("loud", FILE);
        try {
            start(cluster);

            await().until(() -> objects.outputs() == 37);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(ofThisTest(log.list)).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(ch.qos.logback.classic.Level.ERROR);
            assertThat(event.getFormattedMessage()).contains(gone.toString()).contains("2 events are gone");
        });
    }

    @Test
    void placesThatWereLostAreAnErrorInTheLog() {
        cluster.topology("loud", FILE);
        cluster.topology("loud", FILE + "# the second version");
        String group = topics.prefix() + ".planner.loud";
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(WorkTopics.class);
        logger.addAppender(log);
        try {
            Topologies topologies = start(cluster);
            await().until(() -> topologies.isRunning("loud", 2));
        } finally {
            logger.detachAppender(log);
        }
        assertThat(ofThisTest(log.list)).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(ch.qos.logback.classic.Level.ERROR);
            assertThat(event.getFormattedMessage()).contains(group).contains("0=0 1=0 2=0 3=0");
        });
    }

    @Test
    void closingIsQuickEvenInTheMiddleOfWork() {
        transform = call -> {
            while (!call.cancellation().isCancelled()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        };
        cluster.topology("loud", FILE);
        Topologies topologies = start(cluster);
        put("words/a", 1, "a");
        await().until(() -> topologies.isRunning("loud", 1));

        long began = System.nanoTime();
        topologies.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    /** Other classes may be logging, too. */
    private List<ILoggingEvent> ofThisTest(List<ILoggingEvent> all) {
        return all.stream()
                .filter(event -> event.getFormattedMessage().contains(topics.prefix() + "."))
                .toList();
    }

    private List<JsonNode> outcomes(String outcome) {
        return kafka.read(topics.results()).stream()
                .filter(result -> result.path("outcome").asText().equals(outcome))
                .toList();
    }
}
