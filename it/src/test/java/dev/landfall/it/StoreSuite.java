package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What {@code landfall dev} does for a user, whether its nodes share a process or not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StoreSuite {
    private static final Duration SOON = Duration.ofSeconds(30);

    private Path dir;
    private DevProcess dev;
    private Api api;

    abstract List<String> mode();

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        dir = directory;
        Files.createDirectories(dir.resolve("inbox"));
        dev = launch();
        api = new Api(dev.http());
        try (S3Side s3 = dev.s3()) {
            s3.withBucket("remote");
        }
        api.bucket("plain", "{}");
        api.asyncBucket("back", "s3://remote/back");
        api.bucket("through", "{\"writeback\":{\"mode\":\"sync\",\"remote\":\"s3://remote/through\"}}");
    }

    private DevProcess launch() {
        var options = new java.util.ArrayList<>(
                List.of("--targets", "3", "--promote-root", dir.resolve("inbox").toString()));
        options.addAll(mode());
        return DevProcess.start(dir.resolve("dev"), options.toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        dev.close();
    }

    @Test
    void theReadyFileNamesEveryEndpoint() {
        assertThat(dev.nodes()).hasSize(3).doesNotHaveDuplicates();
        assertThat(dev.ready().path("pid").asLong()).isEqualTo(dev.pid());
        Set<Long> pids = new HashSet<>(dev.nodePids());
        assertThat(pids).allMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(pids).hasSize(mode().isEmpty() ? 1 : 3);
    }

    @Test
    void everyNodeServesWhatAnyNodeTook() {
        List<Api> doors = dev.nodes().stream().map(Api::new).toList();
        for (int i = 0; i < 12; i++) {
            byte[] body = Bytes.random(i, 1 + i * 7_000);
            doors.get(i % 3).put("plain", "any/" + i, body).expect(200);
            for (Api door : doors) {
                Api.Reply reply = door.get("plain", "any/" + i).expect(200);
                assertThat(reply.body()).as("object %d by %s", i, door.base()).isEqualTo(body);
                assertThat(reply.header("Landfall-State")).isEqualTo("clean");
            }
        }
        assertThat(api.list("plain", "any/"))
                .isEqualTo(IntStream.range(0, 12)
                        .mapToObj(i -> "any/" + i)
                        .sorted()
                        .toList());
    }

    @Test
    void aListingIsSortedOverAllNodesAndPages() {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            names.add("page/" + Integer.toString(i * 7919 % 1000, 36));
        }
        names.forEach(name -> api.put("plain", name, new byte[3]).expect(200));
        JsonNode first = api.send("GET", "/api/v1/objects/plain?prefix=page/&limit=7", null)
                .json();
        assertThat(first.path("objects")).hasSize(7);
        Set<String> seen = new TreeSet<>();
        String after = "";
        do {
            JsonNode page = api.send("GET", "/api/v1/objects/plain?prefix=page/&limit=7&after=" + after, null)
                    .expect(200)
                    .json();
            String last = after;
            page.path("objects").forEach(object -> {
                assertThat(object.path("name").asText()).isGreaterThan(last);
                assertThat(seen.add(object.path("name").asText())).isTrue();
            });
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        assertThat(seen).isEqualTo(names);
    }

    @Test
    void anAsyncPutIsAnsweredThenReachesS3BitForBit() {
        byte[] body = Bytes.random(1, 300_000);
        assertThat(api.put("back", "a b/ü.bin", body).expect(200).header("Landfall-State"))
                .isIn("dirty", "clean");
        api.flush("back", SOON);
        assertThat(api.head("back", "a b/ü.bin").expect(200).header("Landfall-State"))
                .isEqualTo("clean");
        try (S3Side s3 = dev.s3()) {
            assertThat(s3.bytes("remote", "back/a b/ü.bin")).isEqualTo(body);
        }
        api.delete("back", "a b/ü.bin").expect(204);
        api.get("back", "a b/ü.bin").expect(404);
        api.flush("back", SOON);
        try (S3Side s3 = dev.s3()) {
            assertThat(s3.has("remote", "back/a b/ü.bin")).isFalse();
        }
    }

    @Test
    void aSyncPutIsOnS3BeforeItsAnswer() {
        byte[] body = Bytes.random(2, 50_000);
        try (S3Side s3 = dev.s3()) {
            assertThat(api.put("through", "now", body).expect(200).header("Landfall-State"))
                    .isEqualTo("clean");
            assertThat(s3.bytes("remote", "through/now")).isEqualTo(body);
            api.delete("through", "now").expect(204);
            assertThat(s3.has("remote", "through/now")).isFalse();
        }
    }

    @Test
    void aRequestMayAskForAnotherModeThanItsBucket() {
        try (S3Side s3 = dev.s3()) {
            byte[] body = Bytes.random(3, 5_000);
            api.put("back", "at-once", body, "Landfall-Writeback", "sync").expect(200);
            assertThat(s3.bytes("remote", "back/at-once")).isEqualTo(body);
        }
    }

    @Test
    void aPlainConsumerReadsS3StyleRecordsOfEveryChange() {
        Api.Reply put = api.put("plain", "events/x y+ü", Bytes.random(4, 4_321)).expect(200);
        Api.Reply again =
                api.put("plain", "events/x y+ü", Bytes.random(5, 1_234)).expect(200);
        api.delete("plain", "events/x y+ü").expect(204);
        try (Topic topic = Topic.open(dev.kafka(), Topic.OBJECTS)) {
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(eventsOf(topic, "plain/events/x y+ü")).hasSize(3));
            List<Topic.Event> events = eventsOf(topic, "plain/events/x y+ü");
            assertThat(events.stream().map(Topic.Event::eventName))
                    .containsExactly("ObjectCreated:Put", "ObjectCreated:Put", "ObjectRemoved:Delete");
            assertThat(events.stream().map(Topic.Event::sequencer)).isSorted().doesNotHaveDuplicates();
            assertThat(events.get(0).sequencer()).isEqualTo(put.header("Landfall-Generation"));
            assertThat(events.get(1).sequencer()).isEqualTo(again.header("Landfall-Generation"));
            assertThat(events.get(0).size()).isEqualTo(4_321);
            assertThat("\"" + events.get(1).eTag() + "\"").isEqualTo(again.header("ETag"));
            JsonNode record = events.get(0).json().path("Records").path(0);
            assertThat(record.path("eventVersion").asText()).startsWith("2.");
            assertThat(record.path("s3").path("object").path("key").asText()).isEqualTo("events/x+y%2B%C3%BC");
            assertThat(events.get(0).headers())
                    .containsEntry("ce_specversion", "1.0")
                    .containsKeys("ce_id", "ce_source", "ce_type", "ce_time");
        }
    }

    @Test
    void aPlainProducerWithTheSameKeyLandsInThePartitionThatPlacesTheObject() throws Exception {
        api.put("plain", "placed", new byte[10]).expect(200);
        JsonNode cluster = api.cluster();
        try (Topic topic = Topic.open(dev.kafka(), Topic.OBJECTS)) {
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(eventsOf(topic, "plain/placed")).hasSize(1));
            Topic.Event event = eventsOf(topic, "plain/placed").getFirst();
            assertThat(topic.partitions()).isEqualTo(Keys.partitions(cluster));
            assertThat(partitionByAStranger(topic.partitions(), "plain/placed")).isEqualTo(event.partition());
            assertThat(event.json().path("landfall").path("target").asText())
                    .isEqualTo(Keys.owner(cluster, event.partition()));
        }
    }

    private int partitionByAStranger(int partitions, String key) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", dev.kafka()))) {
            admin.createTopics(List.of(new NewTopic("stranger", partitions, (short) 1)))
                    .all()
                    .get();
        }
        Properties config = new Properties();
        config.put("bootstrap.servers", dev.kafka());
        config.put("key.serializer", StringSerializer.class);
        config.put("value.serializer", StringSerializer.class);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(config)) {
            return producer.send(new ProducerRecord<>("stranger", key, ""))
                    .get()
                    .partition();
        }
    }

    @Test
    void aColdObjectIsReadThroughFromS3Once() {
        byte[] body = Bytes.random(6, 200_000);
        try (S3Side s3 = dev.s3()) {
            s3.put("remote", "back/cold", body);
        }
        assertThat(api.get("back", "cold").expect(200).body()).isEqualTo(body);
        assertThat(api.get("back", "cold").expect(200).body()).isEqualTo(body);
    }

    @Test
    void promoteMakesObjectsOfFilesAndLeavesTheFiles() throws IOException {
        Path inbox = Files.createDirectories(dir.resolve("inbox/batch/deep"));
        for (int i = 0; i < 20; i++) {
            Files.write(inbox.resolve("f" + i), Bytes.random(100 + i, 1 + i * 1_000));
        }
        String request = Jobs.promote("back", inbox.getParent(), "in/");
        Jobs.awaitDone(api, Jobs.submit(api, request));
        for (int i = 0; i < 20; i++) {
            byte[] body = Bytes.random(100 + i, 1 + i * 1_000);
            assertThat(api.get("back", "in/deep/f" + i).expect(200).body()).isEqualTo(body);
            assertThat(inbox.resolve("f" + i)).hasBinaryContent(body);
        }
        api.flush("back", SOON);
        try (S3Side s3 = dev.s3()) {
            assertThat(s3.etags("remote", "back/in/")).hasSize(20);
        }
    }

    @Test
    void aStopDrainsAndTheNextStartFindsEverything() {
        byte[] body = Bytes.random(7, 70_000);
        api.put("plain", "kept", body).expect(200);
        String generation = api.head("plain", "kept").header("Landfall-Generation");

        assertThat(dev.stop()).as("exit code after SIGTERM:\n%s", dev.output()).isZero();
        dev = launch();

        api = new Api(dev.http());
        Api.Reply reply = api.get("plain", "kept").expect(200);
        assertThat(reply.body()).isEqualTo(body);
        assertThat(reply.header("Landfall-Generation")).isEqualTo(generation);
    }

    private static List<Topic.Event> eventsOf(Topic topic, String key) {
        return Topic.byKey(topic.read()).getOrDefault(key, List.of());
    }
}
