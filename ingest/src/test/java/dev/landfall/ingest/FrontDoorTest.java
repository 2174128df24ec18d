package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontDoorTest {
    @TempDir
    static Path directory;

    private static TestNode node;
    private static int buckets;
    private String bucket;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                new FakeCluster(new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1")), "n1"), directory);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void createBucket() {
        bucket = "bucket-" + ++buckets;
        assertThat(Http.put(node.url("/api/v1/buckets/" + bucket), "{}").status())
                .isEqualTo(200);
    }

    private String at(String name) {
        return node.url("/api/v1/objects/" + bucket + "/" + name);
    }

    @Test
    void objectComesBackWithItsHeaders() {
        byte[] body = random(700_000);
        var put = Http.put(at("a/b.bin"), body, "Content-Type: audio/flac", "X-Landfall-Meta-Artist: Ann");

        assertThat(put.status()).isEqualTo(200);
        var got = Http.get(at("a/b.bin"));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(body);
        assertThat(got.header("ETag"))
                .isEqualTo(put.header("ETag"))
                .startsWith("\"")
                .endsWith("\"");
        assertThat(got.header("Landfall-Generation"))
                .isEqualTo(put.header("Landfall-Generation"))
                .hasSize(16);
        assertThat(got.header("Landfall-State")).isEqualTo("clean");
        assertThat(got.header("Content-Type")).isEqualTo("audio/flac");
        assertThat(got.header("x-landfall-meta-artist")).isEqualTo("Ann");
        assertThat(got.header("Last-Modified")).endsWith("GMT");
        assertThat(got.header("Landfall-Request-Id")).isNotEmpty().isEqualTo(got.header("X-Request-Id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: 127.0.0.1.evil.example:8080",
                "Host: 10.0.0.1:8080",
                "Host:",
                "Origin: https://evil.example",
                "Origin: http://localhost.evil.example",
                "Origin: null"
            })
    void webPagesOfOthersAreRefused(String header) {
        var reply = Http.put(at("page"), "x", header);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("InvalidArgument");
        assertThat(reply.text()).contains(header.startsWith("Host") ? "Host" : "Origin");
        assertThat(Http.get(at("page")).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: LOCALHOST",
                "Host: 127.0.0.1:8080",
                "Host: [::1]:8080",
                "Origin: http://localhost:3000",
                "Origin: http://[::1]"
            })
    void callersOfThisMachineAreServed(String header) {
        assertThat(Http.put(at("page"), "x", header).status()).isEqualTo(200);
    }

    @Test
    void emptyObjectIsAnObject() {
        assertThat(Http.put(at("empty"), new byte[0]).status()).isEqualTo(200);
        var got = Http.get(at("empty"));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Content-Length")).isEqualTo("0");
    }

    @Test
    void headHasTheLengthAndNoBody() {
        Http.put(at("x"), "hello");
        var head = Http.send(at("x"), "HEAD", null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("5");
        assertThat(Http.send(at("nothing"), "HEAD", null).header("Landfall-Error"))
                .isEqualTo("NoSuchObject");
    }

    @Test
    void deletedObjectIsGoneAndDeletingTwiceIsNoError() {
        Http.put(at("x"), "hello");
        assertThat(Http.send(at("x"), "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.send(at("x"), "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.get(at("x")).code()).isEqualTo("NoSuchObject");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a+b | a+b",
                "a%20b | a b",
                "a%2Fb | a/b",
                "a//b | a//b",
                "%C3%BC | ü",
                "a;v=1 | a;v=1",
                "100%25 | 100%",
                "a%2541 | a%41",
                "...a/b... | ...a/b...",
                "x%2F%2Fy/ | x//y/"
            })
    void namesAreDecodedExactlyOnce(String raw, String name) {
        assertThat(Http.put(at(raw), "hello").status()).isEqualTo(200);
        assertThat(node.store.lookup(ObjectKey.of(bucket, name))).isPresent();
        assertThat(Http.get(at(raw)).text()).isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource({
        "../x, InvalidObjectName",
        "%2e%2e/x, InvalidObjectName",
        "a/../b, InvalidObjectName",
        "a/%2E%2e/b, InvalidObjectName",
        "a%2F..%2Fb, InvalidObjectName",
        "./x, InvalidObjectName",
        "a%00b, InvalidObjectName",
        "%ff, InvalidArgument",
        "'', InvalidObjectName"
    })
    void badNamesAreRefusedAndNeverNormalised(String raw, String code) {
        long before = files();
        var reply = Http.put(at(raw), "hello");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(files()).isEqualTo(before);
    }

    /** The HTTP parser refuses these by itself, before there is a request to answer. */
    @ParameterizedTest
    @ValueSource(strings = {"a%zz", "a%", "a%f", "a<b"})
    void whatIsNoUrlIsRefused(String raw) {
        assertThat(Http.put(at(raw), "hello").status()).isEqualTo(400);
    }

    @Test
    void rangeOfALargeObjectIsItsBytes() {
        byte[] body = random(1_000_000);
        Http.put(at("x"), body);
        assertThat(Http.get(at("x"), "Range: bytes=300000-899999").body())
                .isEqualTo(Arrays.copyOfRange(body, 300_000, 900_000));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-4, 206, hello, bytes 0-4/11", "bytes=6-, 206, world, bytes 6-10/11",
                "bytes=-5, 206, world, bytes 6-10/11",
        "bytes=6-99, 206, world, bytes 6-10/11", "'bytes=0-0,2-3', 200, hello world,", "lines=1-2, 200, hello world,",
        "bytes=5-1, 200, hello world,"
    })
    void rangesAreServedOneAtATime(String range, int status, String body, String contentRange) {
        Http.put(at("x"), "hello world");
        var reply = Http.get(at("x"), "Range: " + range);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(body);
        assertThat(reply.header("Content-Range")).isEqualTo(contentRange);
    }

    @Test
    void rangeOutsideTheObjectSaysItsSize() {
        Http.put(at("x"), "hello");
        var reply = Http.get(at("x"), "Range: bytes=5-");
        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.code()).isEqualTo("InvalidRange");
        assertThat(reply.header("Content-Range")).isEqualTo("bytes */5");
    }

    @Test
    void conditionsOfReadersHold() {
        String etag = Http.put(at("x"), "hello").header("ETag");
        assertThat(Http.get(at("x"), "If-None-Match: " + etag).status()).isEqualTo(304);
        assertThat(Http.get(at("x"), "If-None-Match: \"other\", W/" + etag).status())
                .isEqualTo(304);
        assertThat(Http.get(at("x"), "If-None-Match: \"other\"").status()).isEqualTo(200);
        assertThat(Http.get(at("x"), "If-Match: \"other\"").code()).isEqualTo("PreconditionFailed");
        assertThat(Http.get(at("x"), "Range: bytes=0-1", "If-Range: \"other\"").status())
                .isEqualTo(200);
    }

    @Test
    void conditionsOfWritersHold() {
        String etag = Http.put(at("x"), "one", "If-None-Match: *").header("ETag");
        assertThat(Http.put(at("x"), "two", "If-None-Match: *").code()).isEqualTo("PreconditionFailed");
        assertThat(Http.put(at("x"), "two", "If-Match: \"other\"").code()).isEqualTo("PreconditionFailed");
        assertThat(Http.put(at("x"), "two", "If-Match: " + etag).status()).isEqualTo(200);
        assertThat(Http.send(at("x"), "DELETE", null, "If-Match: " + etag).code())
                .isEqualTo("PreconditionFailed");
        assertThat(Http.get(at("x")).text()).isEqualTo("two");
    }

    @Test
    void wrongMd5IsRefusedBeforeTheCommitAndARightOneIsNot() throws Exception {
        String right = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("MD5").digest("hello".getBytes(StandardCharsets.UTF_8)));
        long before = files();
        assertThat(Http.put(at("x"), "hellO", "Content-MD5: " + right).code()).isEqualTo("BadDigest");
        assertThat(Http.put(at("x"), "hello", "Content-MD5: nonsense").code()).isEqualTo("InvalidArgument");
        assertThat(files()).isEqualTo(before);
        assertThat(Http.get(at("x")).status()).isEqualTo(404);
        assertThat(Http.put(at("x"), "hello", "Content-MD5: " + right).status()).isEqualTo(200);
    }

    @Test
    void chunkedBodyIsStored() {
        var reply = raw("PUT /api/v1/objects/" + bucket
                + "/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(Http.get(at("x")).text()).isEqualTo("hello world");
    }

    @Test
    void continueIsSentOnlyWhenTheBodyIsWanted() throws IOException {
        try (Socket socket = Http.connect(URI.create(node.url("")))) {
            var head =
                    "PUT /api/v1/objects/%s/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
            socket.getOutputStream().write(head.formatted(bucket).getBytes(StandardCharsets.US_ASCII));
            assertThat(Http.read(socket.getInputStream(), false).status()).isEqualTo(100);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(Http.read(socket.getInputStream(), false).status()).isEqualTo(200);
            socket.getOutputStream().write(head.formatted("no-such-bucket").getBytes(StandardCharsets.US_ASCII));
            assertThat(Http.read(socket.getInputStream(), false).code()).isEqualTo("NoSuchBucket");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void clientThatHangsUpInMidBodyLeavesNothing() throws IOException {
        long before = files();
        long depth = node.store.outboxDepth();
        try (Socket socket = Http.connect(URI.create(node.url("")))) {
            socket.getOutputStream()
                    .write(("PUT /api/v1/objects/" + bucket
                                    + "/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(random(300_000));
            await().until(() -> files() > before);
        }
        await().untilAsserted(() -> assertThat(files()).isEqualTo(before));
        assertThat(node.store.outboxDepth()).isEqualTo(depth);
        assertThat(Http.get(at("x")).status()).isEqualTo(404);
    }

    @Test
    void bodyThatEndsEarlyIsAnswered() throws IOException {
        try (Socket socket = Http.connect(URI.create(node.url("")))) {
            socket.getOutputStream()
                    .write(("PUT /api/v1/objects/" + bucket
                                    + "/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            var reply = Http.read(socket.getInputStream(), false);
            assertThat(reply.code()).isEqualTo("IncompleteBody");
        }
    }

    @Test
    void tooLargeBodyIsRefusedWithoutReadingIt() {
        var reply = raw("PUT /api/v1/objects/" + bucket
                + "/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.code()).isEqualTo("EntityTooLarge");
    }

    @Test
    void clientReadsTheRefusalOfABodyItIsStillSending() {
        var reply = Http.put(node.url("/api/v1/objects/no-such-bucket/x"), random(4 << 20));
        assertThat(reply.code()).isEqualTo("NoSuchBucket");
    }

    @ParameterizedTest
    @ValueSource(ints = {40 << 10, 200 << 10})
    void oversizedHeadersAreRefused(int size) {
        var reply = Http.get(at("x"), "X-Big: " + "a".repeat(size));
        assertThat(reply.status()).isEqualTo(431);
        assertThat(reply.code()).isEqualTo("HeadersTooLarge");
    }

    @Test
    void tooMuchMetadataIsRefused() {
        assertThat(Http.put(at("x"), "a", "x-landfall-meta-a: " + "b".repeat(2050))
                        .code())
                .isEqualTo("MetadataTooLarge");
        assertThat(Http.put(at("x"), "a", "x-landfall-meta-landfall-generation: 1")
                        .code())
                .isEqualTo("InvalidArgument");
    }

    @Test
    void clientsCannotSpeakAsNodes() {
        String origin = Base64.getEncoder().encodeToString("{\"pipeline\":\"p\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(Http.put(at("x"), "a", "Landfall-Origin: " + origin, "Landfall-Cause: pipeline")
                        .status())
                .isEqualTo(200);
        var record = node.store.lookup(ObjectKey.of(bucket, "x")).orElseThrow();
        assertThat(record.origin()).isNull();
        assertThat(record.cause()).isEqualTo(ChangeCause.CLIENT);
    }

    @Test
    void errorsAreJsonWithTheRequestId() {
        var reply = Http.get(at("nothing"), "X-Request-Id: my-id-1");
        assertThat(reply.json().path("status").asInt()).isEqualTo(404);
        assertThat(reply.json().path("key").asText()).isEqualTo(bucket + "/nothing");
        assertThat(reply.json().path("requestId").asText()).isEqualTo("my-id-1");
        assertThat(reply.json().path("message").asText()).isNotEmpty();
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void unknownPathsAndMethodsAreSaid() {
        assertThat(Http.get(node.url("/v1/buckets")).code()).isEqualTo("NoSuchRoute");
        var reply = Http.send(at("x"), "PATCH", null);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).isEqualTo("DELETE, GET, HEAD, PUT");
    }

    @Test
    void listIsPagedAndSorted() {
        List<String> names = new ArrayList<>(List.of("a", "b/1", "b/2", "c", "ü"));
        names.forEach(name -> Http.put(at(dev.landfall.ingest.http.Percent.encode(name)), "x"));
        String list = node.url("/api/v1/objects/" + bucket);

        var first = Http.get(list + "?limit=2").json();
        var second =
                Http.get(list + "?limit=2&after=" + first.path("next").asText()).json();
        var third = Http.get(list + "?limit=2&after=" + second.path("next").asText())
                .json();

        assertThat(first.path("objects").findValuesAsText("name")).containsExactly("a", "b/1");
        assertThat(second.path("objects").findValuesAsText("name")).containsExactly("b/2", "c");
        assertThat(third.path("objects").findValuesAsText("name")).containsExactly("ü");
        assertThat(third.has("next")).isFalse();
        assertThat(Http.get(list + "?prefix=b%2F").json().path("objects").findValuesAsText("name"))
                .containsExactly("b/1", "b/2");
        assertThat(Http.get(list + "?limit=0").code()).isEqualTo("InvalidArgument");
    }

    @Test
    void bucketsLiveAndDie() {
        String url = node.url("/api/v1/buckets/" + bucket);
        assertThat(Http.get(url).json().path("writeback").path("mode").asText()).isEqualTo("local");
        assertThat(Http.get(url).json().path("dirty").path("objects").asInt()).isZero();
        assertThat(Http.get(node.url("/api/v1/buckets")).text()).contains("\"" + bucket + "\"");
        assertThat(Http.send(url + "/flush?timeout=5s", "POST", new byte[0])
                        .json()
                        .path("clean")
                        .asBoolean())
                .isTrue();
        Http.put(at("x"), "a");
        assertThat(Http.send(url, "DELETE", null).code()).isEqualTo("BucketNotEmpty");
        Http.send(at("x"), "DELETE", null);
        assertThat(Http.send(url, "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.get(url).code()).isEqualTo("NoSuchBucket");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | MalformedJson",
                "{\"writeback\":{\"mode\":\"async\"}} | InvalidArgument",
                "{\"colour\":1} | MalformedJson",
                "{\"writeback\":{\"mode\":\"async\",\"remote\":\"s3://abc\",\"endpoint\":\"mars\"}} | InvalidArgument",
                "{\"copies\":2} | InvalidArgument"
            })
    void badBucketSpecsAreRefused(String json, String code) {
        assertThat(Http.put(node.url("/api/v1/buckets/new-bucket"), json).code())
                .isEqualTo(code);
    }

    @Test
    void anotherSpecUnderTheNameIsRefusedAndTheSameIsNot() {
        String url = node.url("/api/v1/buckets/" + bucket);
        assertThat(Http.put(url, "{\"durability\":\"os\"}").code()).isEqualTo("BucketExists");
        assertThat(Http.put(url, "").status()).isEqualTo(200);
        assertThat(Http.put(node.url("/api/v1/buckets/No"), "{}").code()).isEqualTo("InvalidBucketName");
    }

    @Test
    void healthClusterAndMetricsAreShown() {
        assertThat(Http.get(node.url("/health/live")).status()).isEqualTo(200);
        assertThat(Http.get(node.url("/health/ready")).status()).isEqualTo(200);
        var cluster = Http.get(node.url("/api/v1/cluster")).json();
        assertThat(cluster.path("map").path("owners").size()).isEqualTo(TestNode.PARTITIONS);
        assertThat(cluster.path("nodes").path(0).path("http").asText()).isEqualTo(node.ingest.httpUrl());
        assertThat(Http.get(node.url("/metrics")).text())
                .contains("landfall_http_requests_seconds_count", "landfall_outbox_depth");
    }

    private static Http.Reply raw(String request) {
        try (Socket socket = Http.connect(URI.create(node.url("")))) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return Http.read(socket.getInputStream(), false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static long files() {
        return files(directory);
    }

    /** Data files of objects. */
    static long files(Path root) {
        try (var walk = Files.walk(root.resolve("data"))) {
            return walk.filter(Files::isRegularFile).count();
        } catch (java.io.UncheckedIOException | IOException e) {
            return -1; // a file went away meanwhile
        }
    }
}
