package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.Promoter;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobItem;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and the HTTP routes, on a real broker. */
@ExtendWith(SharedKafka.class)
final class JobsTest {
    private static final String PROMOTE = "{\"kind\":\"promote\",\"bucket\":\"words\",\"path\":\"/data/in\"}";
    private static TestKafka kafka;

    @TempDir
    Path directory;

    private final Fakes.FakeCluster cluster = new Fakes.FakeCluster("n1");
    private final List<Topologies> started = new ArrayList<>();
    private final List<Promoter.Request> promoted = new CopyOnWriteArrayList<>();
    private Topics topics;
    private Fakes.FakeObjects objects;
    private Fakes.FakeRoutes routes;
    private final Walk walk = new Walk();
    private volatile Promoter promoter = (request, progress, cancelled) -> {};

    @BeforeAll
    static void useKafka(TestKafka shared) {
        kafka = shared;
    }

    @BeforeEach
    void prepare() {
        topics = kafka.newTopics();
        objects = new Fakes.FakeObjects(directory);
        objects.onSubmit(this::decide);
        cluster.map(Fakes.FakeCluster.map(TestKafka.PARTITIONS, "n1", "n2"));
        cluster.bucket("words");
        start(true);
    }

    @AfterEach
    void stop() {
        started.forEach(Topologies::close);
    }

    private Topologies start(boolean allowExec) {
        routes = new Fakes.FakeRoutes();
        var config = new Topologies.Config(kafka.properties(), topics, directory.resolve("n1"), (short) 1, allowExec);
        Promoter recording = (request, progress, cancelled) -> {
            if (!request.path().startsWith("/data")) {
                throw new LandfallException(ErrorCode.PROMOTE_OUTSIDE_ROOTS, "Outside");
            }
            if (!cancelled.getAsBoolean()) {
                promoted.add(request);
                promoter.run(request, progress, cancelled);
            }
        };
        var topologies = Topologies.start(
                config,
                routes,
                objects,
                Map.of(PromoteJob.NAME, new PromoteJob(recording), "walk", walk),
                (Sources) objects,
                cluster,
                spec -> call -> {},
                new SimpleMeterRegistry(),
                TimeSource.system());
        started.add(topologies);
        return topologies;
    }

    /** What the coordinator does. Partition 0 belongs to n1, partition 1 to n2. */
    private void decide(ClusterCommand command) {
        switch (command) {
            case ClusterCommand.CreateJob(JobSpec job) -> {
                for (int target = 0; target < 2; target++) {
                    kafka.send(new ProducerRecord<>(
                            topics.jobs(),
                            target,
                            job.id().getBytes(StandardCharsets.UTF_8),
                            Json.write(new JobItem(job, "n" + (target + 1)))));
                }
                cluster.job(job);
            }
            case ClusterCommand.CancelJob(String id) -> {
                JobSpec job = cluster.view().jobs().get(id);
                cluster.job(new JobSpec(id, job.kind(), job.args(), job.created(), true));
            }
            case ClusterCommand.ApplyTopology(String name, String yaml) -> cluster.topology(name, yaml);
            case ClusterCommand.DeleteTopology(String name) -> cluster.topology(name, null);
            default -> throw new IllegalStateException();
        }
    }

    private String post(String body) {
        Fakes.FakeRoutes.Reply reply = routes.call("POST", "/api/v1/jobs", Map.of(), body);
        assertThat(reply.status()).isEqualTo(202);
        return reply.json().path("id").asText();
    }

    private JsonNode job(String id) {
        return routes.call("GET", "/api/v1/jobs/{id}", Map.of("id", id), "").json();
    }

    private JsonNode onThisNode(String id) {
        return job(id).at("/targets/n1");
    }

    /** What n2 would say. */
    private void otherNodeSays(String id, JobState state) {
        var record = new ProducerRecord<>(
                topics.results(),
                id.getBytes(StandardCharsets.UTF_8),
                Json.write(new JobProgress(id, "n2", state, 1, 10, 0, 0, 0, List.of(), "", null)));
        record.headers().add("landfall-kind", "job".getBytes(StandardCharsets.UTF_8));
        kafka.send(record);
    }

    @Test
    void aJobIsDoneWhenEveryTargetHasDoneItsShare() {
        promoter = (request, progress, cancelled) -> {
            progress.stored("a", 5);
            progress.stored("b", 6);
            progress.skipped("c");
            progress.ignored("d", "a link");
        };

        String id = post(PROMOTE);
        await().until(() -> onThisNode(id).path("state").asText().equals("done"));
        assertThat(job(id).path("state").asText()).isEqualTo("running");
        otherNodeSays(id, JobState.DONE);

        await().until(() -> job(id).path("state").asText().equals("done"));
        assertThat(job(id).path("objects").asLong()).isEqualTo(3);
        assertThat(job(id).path("bytes").asLong()).isEqualTo(21);
        assertThat(job(id).path("skipped").asLong()).isEqualTo(1);
        assertThat(job(id).path("ignored").asLong()).isEqualTo(1);
        assertThat(onThisNode(id).path("reasons")).extracting(JsonNode::asText).containsExactly("d: a link");
        assertThat(promoted)
                .containsExactly(new Promoter.Request(
                        new dev.landfall.model.BucketName("words"), Path.of("/data/in"), "", true, false));
        assertThat(routes.call("GET", "/api/v1/jobs", Map.of(), "")
                        .json()
                        .at("/jobs/0/id")
                        .asText())
                .isEqualTo(id);
    }

    @Test
    void whatFailsIsInTheProgressAndMakesTheJobFail() {
        promoter = (request, progress, cancelled) -> {
            progress.failed("a", "no room");
            throw new IllegalStateException("and then it broke");
        };

        String id = post(PROMOTE);
        otherNodeSays(id, JobState.DONE);

        await().until(() -> job(id).path("state").asText().equals("failed"));
        assertThat(onThisNode(id).path("reasons"))
                .extracting(JsonNode::asText)
                .containsExactly("a: no room", "and then it broke");
    }

    @Test
    void aShareThatWasNotFinishedIsDoneAgainAfterARestart() throws Exception {
        var began = new CountDownLatch(1);
        promoter = (request, progress, cancelled) -> {
            progress.stored("a", 1);
            began.countDown();
            while (!cancelled.getAsBoolean()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        };
        String id = post(PROMOTE);
        began.await();
        started.removeFirst().close();
        assertThat(promoted).hasSize(1);

        promoter = (request, progress, cancelled) -> progress.skipped("a");
        start(true);

        await().until(() -> onThisNode(id).path("state").asText().equals("done"));
        assertThat(promoted).hasSize(2);
        assertThat(onThisNode(id).path("skipped").asLong()).isEqualTo(1);
    }

    @Test
    void aShareGoesOnBehindItsCursorAfterARestart() throws Exception {
        walk.stopAt = "m";
        String id = post("{\"kind\":\"walk\"}");
        walk.stopped.await();
        await().until(() -> onThisNode(id).path("cursor").asText().equals("j"));
        started.removeFirst().close();
        assertThat(walk.seen).contains("a", "j", "m").doesNotContain("p");

        walk.seen.clear();
        walk.stopAt = "";
        start(true);

        await().until(() -> onThisNode(id).path("state").asText().equals("done"));
        assertThat(walk.seen).containsExactlyInAnyOrder("k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u");
        assertThat(onThisNode(id).path("objects").asLong())
                .as("with those before the restart")
                .isGreaterThanOrEqualTo(21);
    }

    /** Goes through the letters from a to u, five at a time. */
    private static final class Walk implements JobKind {
        final List<String> seen = new CopyOnWriteArrayList<>();
        final CountDownLatch stopped = new CountDownLatch(1);
        volatile String stopAt = "";

        @Override
        public JsonNode check(JsonNode args, dev.landfall.model.ClusterView view) {
            return args;
        }

        @Override
        public void run(JsonNode args, JobTally tally, java.util.function.BooleanSupplier cancelled) {
            new JobWalk(TimeSource.system(), tally, cancelled).each(Walk::page, letter -> letter, letter -> {
                seen.add(letter);
                if (letter.equals(stopAt)) {
                    stopped.countDown();
                    while (!cancelled.getAsBoolean()) {
                        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                    }
                }
                tally.done(1);
            });
        }

        private static JobWalk.Page<String> page(String after) {
            List<String> letters = "abcdefghijklmnopqrstu"
                    .chars()
                    .mapToObj(Character::toString)
                    .filter(letter -> letter.compareTo(after) > 0)
                    .limit(5)
                    .toList();
            return new JobWalk.Page<>(letters, letters.getLast().equals("u") ? null : letters.getLast());
        }
    }

    @Test
    void aJobThatFailedIsTriedAgainAsANewOne() {
        promoter = (request, progress, cancelled) -> progress.failed("a", "no room");
        String id = post(PROMOTE);
        assertThatThrownBy(() -> retry(id)).as("it runs").extracting("code").isEqualTo(ErrorCode.INVALID_ARGUMENT);
        otherNodeSays(id, JobState.DONE);
        await().until(() -> job(id).path("state").asText().equals("failed"));
        promoter = (request, progress, cancelled) -> progress.stored("a", 5);

        String again = retry(id);

        assertThat(again).isNotEqualTo(id);
        await().until(() -> onThisNode(again).path("state").asText().equals("done"));
        assertThat(promoted).hasSize(2).allMatch(promoted.getFirst()::equals);
    }

    private String retry(String id) {
        return routes.call("POST", "/api/v1/jobs/{id}/retry", Map.of("id", id), "")
                .json()
                .path("id")
                .asText();
    }

    @Test
    void aCancelledJobStops() throws Exception {
        var began = new CountDownLatch(1);
        promoter = (request, progress, cancelled) -> {
            began.countDown();
            while (!cancelled.getAsBoolean()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        };
        String id = post(PROMOTE);
        began.await();

        routes.call("DELETE", "/api/v1/jobs/{id}", Map.of("id", id), "");

        await().until(() -> onThisNode(id).path("state").asText().equals("cancelled"));
        assertThat(job(id).path("state").asText()).as("n2 may still be writing").isEqualTo("cancelling");
        otherNodeSays(id, JobState.CANCELLED);
        await().until(() -> job(id).path("state").asText().equals("cancelled"));
    }

    @Test
    void aShareThatHasEndedIsNotDoneAgainWhenItsPlaceIsLost() throws Exception {
        String first = post(PROMOTE);
        await().until(() -> onThisNode(first).path("state").asText().equals("done"));
        started.removeFirst().close();
        kafka.place(topics.jobs(), new TopicPartition(topics.jobs(), 0), 0);

        start(true);
        String second = post(PROMOTE.replace("/data/in", "/data/second"));

        await().until(() -> onThisNode(second).path("state").asText().equals("done"));
        assertThat(promoted)
                .extracting(request -> request.path().toString())
                .containsExactly("/data/in", "/data/second");
    }

    @Test
    void aShareOfACancelledJobDoesNotBegin() {
        var job = new JobSpec(
                "j1",
                "promote",
                Json.tree(PROMOTE.replace("\"kind\":\"promote\",", "").getBytes(StandardCharsets.UTF_8)),
                java.time.Instant.EPOCH,
                false);
        cluster.job(new JobSpec("j1", job.kind(), job.args(), job.created(), true));
        kafka.send(new ProducerRecord<>(topics.jobs(), 0, new byte[0], Json.write(new JobItem(job, "n1"))));

        await().until(() -> onThisNode("j1").path("state").asText().equals("cancelled"));
        assertThat(promoted).isEmpty();
    }

    @Test
    void aJobThatCannotWorkIsRefused() {
        assertRefused(ErrorCode.INVALID_ARGUMENT, "{\"kind\":\"dance\"}");
        assertRefused(ErrorCode.INVALID_ARGUMENT, "{}");
        assertRefused(ErrorCode.MALFORMED_JSON, "{\"kind\":");
        assertRefused(ErrorCode.INVALID_ARGUMENT, "{\"kind\":\"promote\",\"bucket\":\"words\"}");
        assertRefused(ErrorCode.INVALID_ARGUMENT, PROMOTE.replace("/data", "data"));
        assertRefused(ErrorCode.MALFORMED_JSON, PROMOTE.replace("path", "pfad"));
        assertRefused(ErrorCode.NO_SUCH_BUCKET, PROMOTE.replace("words", "nowhere"));
        assertRefused(ErrorCode.PROMOTE_OUTSIDE_ROOTS, PROMOTE.replace("/data", "/etc"));
        assertThatThrownBy(() -> job("nope")).extracting("code").isEqualTo(ErrorCode.NO_SUCH_JOB);
        assertThat(cluster.view().jobs()).isEmpty();
    }

    private void assertRefused(ErrorCode code, String body) {
        assertThatThrownBy(() -> post(body)).extracting("code").isEqualTo(code);
    }

    @Test
    void topologiesAreCheckedBeforeTheyAreApplied() {
        String yaml = """
                version: 1
                transforms: {t: {exec: [cat]}}
                pipelines: {p: {from: {bucket: words}, via: [t], to: {bucket: loud, name: "{name}"}}}
                """;
        assertApplyRefused(ErrorCode.NO_SUCH_BUCKET, "good", yaml);
        cluster.bucket("loud");
        assertApplyRefused(ErrorCode.INVALID_TOPOLOGY, "good", "version: 1");
        assertApplyRefused(ErrorCode.INVALID_ARGUMENT, "jobs", yaml);
        assertApplyRefused(ErrorCode.INVALID_ARGUMENT, "coordinator", yaml);
        assertApplyRefused(ErrorCode.INVALID_ARGUMENT, "No.Name", yaml);

        Fakes.FakeRoutes.Reply reply = apply("good", yaml);

        assertThat(reply.json().path("version").asInt()).isEqualTo(1);
        assertThat(reply.json().at("/pipelines/0/to").asText()).isEqualTo("loud");
        JsonNode shown = routes.call("GET", "/api/v1/topologies/{name}", Map.of("name", "good"), "")
                .json();
        assertThat(shown.path("yaml").asText()).isEqualTo(yaml);
        routes.call("DELETE", "/api/v1/topologies/{name}", Map.of("name", "good"), "");
        assertThat(routes.call("GET", "/api/v1/topologies", Map.of(), "").json().path("topologies"))
                .isEmpty();

        start(false);
        assertApplyRefused(ErrorCode.EXEC_NOT_ALLOWED, "good", yaml);
    }

    private Fakes.FakeRoutes.Reply apply(String name, String yaml) {
        return routes.call("PUT", "/api/v1/topologies/{name}", Map.of("name", name), yaml);
    }

    private void assertApplyRefused(ErrorCode code, String name, String yaml) {
        assertThatThrownBy(() -> apply(name, yaml)).extracting("code").isEqualTo(code);
    }
}
