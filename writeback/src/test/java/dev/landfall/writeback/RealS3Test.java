package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.dev.s3.S3Process;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectState;
import dev.landfall.targets.Condition;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an S3 server that verifies signatures, through the AWS SDK. */
class RealS3Test {
    private static final Map<String, String> HEADERS = Map.of(
            "cache-control", "max-age=60",
            "content-disposition", "attachment; filename=\"a.txt\"",
            "content-encoding", "identity",
            "content-language", "de",
            "expires", "Thu, 01 Dec 2033 16:00:00 GMT");

    @TempDir
    static Path s3Dir;

    static S3Process s3;

    @TempDir
    Path dir;

    @BeforeAll
    static void startS3() {
        s3 = S3Process.start(s3Dir, 0, Duration.ZERO);
        s3.createBucket("far-away");
    }

    @AfterAll
    static void stopS3() {
        s3.close();
    }

    @Test
    void asyncPutAndDeleteReachS3() throws Exception {
        try (Bench bench = Bench.over(dir, endpoint(s3.endpoint(), s3.secretKey()))) {
            byte[] body = new byte[300_000];
            new Random(7).nextBytes(body);
            var request = new PutRequest(
                    body.length,
                    "audio/wav",
                    Map.of("speaker", "Zoë"),
                    null,
                    ChangeCause.CLIENT,
                    Condition.ALWAYS,
                    null,
                    null);

            bench.put(Bench.async("x/one two+ü.wav"), body, request);
            bench.put(Bench.async("empty"), "");
            bench.flush(Bench.ASYNC);

            assertThat(s3.bucketDirectory("far-away").resolve("a/x/one two+ü.wav"))
                    .hasBinaryContent(body);
            assertThat(Files.size(s3.bucketDirectory("far-away").resolve("a/empty")))
                    .isZero();
            var record = bench.record(Bench.async("x/one two+ü.wav"));
            assertThat(record.state()).isEqualTo(ObjectState.CLEAN);
            assertThat(record.remoteEtag()).isNotEmpty();
            try (var store = SdkRemoteStore.open(endpoint(s3.endpoint(), s3.secretKey()), 2)) {
                assertThat(store.head("far-away", "a/x/one two+ü.wav"))
                        .isInstanceOfSatisfying(
                                RemoteStore.Look.Found.class,
                                found -> assertThat(found.object().metadata())
                                        .containsExactlyEntriesOf(Map.of("speaker", "Zoë")));
            }

            assertThat(bench.delete(Bench.async("x/one two+ü.wav"))).isTrue();
            assertThat(bench.delete(Bench.async("empty"))).isTrue();
            bench.flush(Bench.ASYNC);
            assertThat(s3.bucketDirectory("far-away").resolve("a/x/one two+ü.wav"))
                    .doesNotExist();
        }
    }

    @Test
    void syncPutIsOnS3WhenItReturnsAndColdReadsBringBackMetadata(@TempDir Path other) throws Exception {
        byte[] body = Bench.bytes("landfall");
        var request = new PutRequest(
                -1,
                "text/plain",
                Map.of("a", "b"),
                HEADERS,
                "900150983cd24fb0d6963f7d28e17f72",
                null,
                ChangeCause.CLIENT,
                Condition.ALWAYS,
                null,
                null);
        RemoteEndpoint endpoint = endpoint(s3.endpoint(), s3.secretKey());
        String etag;
        try (Bench bench = Bench.over(dir, endpoint)) {
            PutOutcome outcome = bench.put(Bench.sync("word"), body, request);
            assertThat(outcome.record().state()).isEqualTo(ObjectState.CLEAN);
            assertThat(s3.bucketDirectory("far-away").resolve("s/word")).hasBinaryContent(body);
            etag = outcome.record().etag();
            assertThat(etag).isEqualTo(request.etag());
            assertThat(outcome.record().headers()).isEqualTo(HEADERS);
        }
        try (Bench empty = Bench.over(other, endpoint)) {
            ObjectInfo head = empty.tiered.head(Bench.sync("word"));
            assertThat(head.metadata()).containsExactlyEntriesOf(Map.of("a", "b"));
            assertThat(head.headers()).isEqualTo(HEADERS);
            assertThat(head.contentType()).isEqualTo("text/plain");
            assertThat(head.size()).isEqualTo(body.length);
            assertThat(head.etag()).isEqualTo(etag);

            assertThat(empty.get(Bench.sync("word"))).isEqualTo("landfall");
            assertThat(empty.tiered.get(Bench.sync("word"))).isInstanceOfSatisfying(ObjectData.Local.class, data -> {
                assertThat(data.info().etag()).isEqualTo(etag);
                assertThat(data.info().headers()).isEqualTo(HEADERS);
                assertThat(data.info().metadata()).containsExactlyEntriesOf(Map.of("a", "b"));
                data.close();
            });
            assertThat(empty.tiered.delete(Bench.sync("word"), DeleteRequest.byClient()))
                    .isTrue();
            assertThat(s3.bucketDirectory("far-away").resolve("s/word")).doesNotExist();
        }
    }

    @Test
    void theListingOfS3GoesOnBehindAName() {
        try (Bench bench = Bench.over(dir, endpoint(s3.endpoint(), s3.secretKey()));
                var store = SdkRemoteStore.open(endpoint(s3.endpoint(), s3.secretKey()), 2)) {
            for (String name : java.util.List.of("list/a", "list/b+ü", "list/c")) {
                bench.put(Bench.sync(name), "x");
            }

            assertThat(store.list("far-away", "s/list/", "", 2))
                    .isInstanceOfSatisfying(RemoteStore.Listed.Page.class, page -> {
                        assertThat(page.entries())
                                .extracting(RemoteStore.Listed.Entry::key)
                                .containsExactly("s/list/a", "s/list/b+ü");
                        assertThat(page.more()).isTrue();
                    });
            assertThat(bench.tiered.listRemote(Bench.SYNC, "list/", "list/a").entries())
                    .extracting(entry -> entry.key().name())
                    .containsExactly("list/b+ü", "list/c");
            assertThat(bench.tiered.evict(Bench.sync("list/c"))).isEqualTo(new Eviction.Evicted(1));
        }
    }

    @Test
    void conditionsOfThisEndpointAreFoundAndKept() {
        var endpoint = endpoint(s3.endpoint(), s3.secretKey());
        try (var store = SdkRemoteStore.open(endpoint, 4)) {
            var probe = new ConditionProbe(store, "default", "t", dev.landfall.model.TimeSource.system());
            var health = new Health(dev.landfall.model.TimeSource.system(), () -> {});
            var remote = new Remote("default", store, probe, health, Duration.ofSeconds(5));
            var place = new Place(remote, dev.landfall.model.RemoteLocation.parse("s3://far-away/probed"), "k");

            assertThat(probe.find(place)).isTrue();
            assertThat(store.head("far-away", "probed/.landfall-probe/t")).isInstanceOf(RemoteStore.Look.Absent.class);
        }
    }

    @Test
    void aLargeBodyGoesInPartsAndKeepsConditionsAndMetadata() throws Exception {
        byte[] body = new byte[12 << 20];
        new Random(8).nextBytes(body);
        Path file = java.nio.file.Files.write(dir.resolve("large"), body);
        var crc = new java.util.zip.CRC32C();
        crc.update(body);
        int sum = (int) crc.getValue();
        var metadata = RemoteObject.metadata(Map.of("a", "b"), new dev.landfall.model.Generation(9), sum, null);
        try (var store = SdkRemoteStore.open(endpoint(s3.endpoint(), s3.secretKey()), 4, 8 << 20, 5 << 20)) {
            var upload = new RemoteStore.Upload(
                    new FileContent(file, body.length, sum), body.length, sum, "audio/wav", metadata);
            var first = store.put("far-away", "large", upload, RemoteCondition.ABSENT);
            assertThat(first).isInstanceOf(Outcome.Acknowledged.class);
            assertThat(s3.bucketDirectory("far-away").resolve("large")).hasBinaryContent(body);
            assertThat(store.put("far-away", "large", upload, RemoteCondition.ABSENT))
                    .isInstanceOf(Outcome.ConditionFailed.class);
            String etag = ((Outcome.Acknowledged) first).etag();
            assertThat(store.put("far-away", "large", upload, new RemoteCondition.IfEtag(etag)))
                    .isInstanceOf(Outcome.Acknowledged.class);

            assertThat(store.head("far-away", "large")).isInstanceOfSatisfying(RemoteStore.Look.Found.class, found -> {
                assertThat(found.object().generation()).isEqualTo(new dev.landfall.model.Generation(9));
                assertThat(found.object().crc32c()).isEqualTo(sum);
                assertThat(found.object().metadata()).containsExactlyEntriesOf(Map.of("a", "b"));
                assertThat(found.object().contentType()).isEqualTo("audio/wav");
            });

            var spoilt = new RemoteStore.Upload(
                    new FileContent(file, body.length, sum + 1), body.length, sum, null, metadata);
            assertThat(store.put("far-away", "spoilt", spoilt, RemoteCondition.NONE))
                    .isInstanceOf(Outcome.Spoilt.class);
            assertThat(store.head("far-away", "spoilt")).isInstanceOf(RemoteStore.Look.Absent.class);
        }
    }

    @Test
    void theIdIsKeptBeforeTheFirstPartLeavesAndUntilTheEnd() throws Exception {
        byte[] body = new byte[12 << 20];
        new Random(1).nextBytes(body);
        var crc = new java.util.zip.CRC32C();
        crc.update(body);
        var steps = new java.util.ArrayList<String>();
        RemoteStore.Content content = () -> {
            steps.add("read");
            return new java.io.ByteArrayInputStream(body);
        };
        var upload = new RemoteStore.Upload(content, body.length, (int) crc.getValue(), null, Map.of());
        try (var store = SdkRemoteStore.open(endpoint(s3.endpoint(), s3.secretKey()), 2, 8 << 20, 5 << 20)) {
            Outcome done = store.put(
                    "far-away",
                    "kept",
                    upload.keeping(id -> steps.add(id == null ? "ended" : "begun")),
                    RemoteCondition.NONE);
            assertThat(done).isInstanceOf(Outcome.Acknowledged.class);
            assertThat(steps).containsExactly("begun", "read", "ended");

            steps.clear();
            Outcome full = store.put(
                    "far-away",
                    "other",
                    upload.keeping(id -> {
                        throw LandfallException.of(ErrorCode.INSUFFICIENT_STORAGE);
                    }),
                    RemoteCondition.NONE);
            assertThat(full).isInstanceOf(Outcome.NotSent.class);
            assertThat(steps).isEmpty();
            assertThat(store.abort("far-away", "other", "no-such-upload")).isInstanceOf(Outcome.Acknowledged.class);
        }
    }

    @Test
    void aSpoiltFileIsNotStored() throws Exception {
        Path file = java.nio.file.Files.write(dir.resolve("f"), Bench.bytes("evil"));
        try (var store = SdkRemoteStore.open(endpoint(s3.endpoint(), s3.secretKey()), 4)) {
            var upload = new RemoteStore.Upload(new FileContent(file, 4, 12345), 4, 12345, null, Map.of());
            assertThat(store.put("far-away", "evil", upload, RemoteCondition.NONE))
                    .isInstanceOf(Outcome.Spoilt.class);
            assertThat(store.head("far-away", "evil")).isInstanceOf(RemoteStore.Look.Absent.class);
        }
    }

    @Test
    void aWrongSecretIsRefusedForCertain() {
        try (Bench bench = Bench.over(dir, endpoint(s3.endpoint(), "wrong"))) {
            assertThatThrownBy(() -> bench.put(Bench.sync("k"), "v"))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_REFUSED));
            assertThat(bench.store.lookup(Bench.sync("k"))).isEmpty();
        }
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        try (Bench bench = Bench.over(dir, endpoint(URI.create("http://127.0.0.1:1"), "s"))) {
            assertThatThrownBy(() -> bench.put(Bench.sync("k"), "v"))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_UNAVAILABLE));
            assertThat(bench.store.lookup(Bench.sync("k"))).isEmpty();
        }
    }

    @Test
    void aReaderMayTakeLongerThanAnAttempt() throws Exception {
        byte[] body = new byte[24 << 20];
        new Random(9).nextBytes(body);
        java.nio.file.Files.write(s3.bucketDirectory("far-away").resolve("slow"), body);
        var patient = endpoint(s3.endpoint(), s3.secretKey());
        var hasty = new RemoteEndpoint(
                "default",
                patient.endpoint(),
                patient.region(),
                true,
                patient.accessKey(),
                patient.secretKey(),
                Duration.ofSeconds(4));
        try (var store = SdkRemoteStore.open(hasty, 4)) {
            var fetched = (RemoteStore.Fetch.Opened) store.get("far-away", "slow");
            try (var in = fetched.body()) {
                byte[] first = in.readNBytes(1000);
                dev.landfall.model.TimeSource.system().sleep(Duration.ofMillis(4500));
                byte[] rest = in.readAllBytes();
                assertThat(first.length + rest.length).isEqualTo(body.length);
                assertThat(rest).endsWith(body[body.length - 2], body[body.length - 1]);
            }
        }
    }

    @Test
    void anOutageEndsWithEverythingOnS3(@TempDir Path ownS3) {
        var first = S3Process.start(ownS3, 0, Duration.ZERO);
        first.createBucket("far-away");
        var endpoint = new RemoteEndpoint(
                "default",
                first.endpoint(),
                first.region(),
                true,
                "literal:" + first.accessKey(),
                "literal:" + first.secretKey(),
                Duration.ofSeconds(10));
        try (Bench bench = Bench.over(dir, endpoint)) {
            bench.put(Bench.async("before"), "v");
            bench.flush(Bench.ASYNC);
            first.close();
            for (int i = 0; i < 100; i++) {
                bench.put(Bench.async("k" + i), "v" + i);
            }
            bench.delete(Bench.async("before"));
            assertThat(bench.dirty().objects()).isEqualTo(101);
            try (var second = S3Process.start(ownS3, first.endpoint().getPort(), Duration.ZERO)) {
                bench.flush(Bench.ASYNC);
                for (int i = 0; i < 100; i++) {
                    assertThat(second.bucketDirectory("far-away").resolve("a/k" + i))
                            .hasBinaryContent(Bench.bytes("v" + i));
                }
                assertThat(second.bucketDirectory("far-away").resolve("a/before"))
                        .doesNotExist();
            }
        }
    }

    @Test
    void anS3BucketThatIsNotThereRefusesForCertain() {
        var cluster =
                dev.landfall.model.BucketSpec.remote(dev.landfall.model.WritebackMode.SYNC, "s3://no-such-bucket/x");
        try (Bench bench = Bench.over(dir, endpoint(s3.endpoint(), s3.secretKey()))) {
            bench.cluster.bucket("lost", cluster);
            assertThatThrownBy(() -> bench.put(dev.landfall.model.ObjectKey.of("lost", "k"), "v"))
                    .hasMessageContaining("404 NoSuchBucket")
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_REFUSED));
        }
    }

    /** What holds for the simulated ones holds here. */
    @Nested
    class Contract extends RemoteStoreContract {
        Contract() {
            super("far-away");
        }

        @Override
        void with(Consumer<RemoteStore> test) {
            try (var store = SdkRemoteStore.open(endpoint(s3.endpoint(), s3.secretKey()), 2)) {
                test.accept(store);
            }
        }
    }

    private static RemoteEndpoint endpoint(URI uri, String secret) {
        return new RemoteEndpoint(
                "default",
                uri,
                s3.region(),
                true,
                "literal:" + s3.accessKey(),
                "literal:" + secret,
                Duration.ofSeconds(10));
    }
}
