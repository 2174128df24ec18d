package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that cannot be carried out: the reply is the documented one, and nothing stays behind on any node. */
@OnSharedCluster
class BadInputTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int MIB = 1 << 20;

    private static TestCluster cluster;
    private static Api api;
    private static S3Side s3;

    private Map<String, Long> before;

    @BeforeAll
    static void start(TestCluster shared) {
        cluster = shared;
        api = cluster.api(0);
        s3 = cluster.s3().withBucket("remote");
        api.bucket("bad-plain", "{}");
        api.bucket("bad-sync", "{\"writeback\":{\"mode\":\"sync\",\"remote\":\"s3://remote/bad-sync\"}}");
        api.asyncBucket("bad-async", "s3://remote/bad-async");
        api.bucket("bad-remote", "{\"writeback\":{\"mode\":\"sync\",\"remote\":\"s3://no-such-bucket/x\"}}");
    }

    @AfterAll
    static void stop() {
        s3.close();
    }

    @BeforeEach
    void count() {
        // Of earlier tests the events may still be on their way.
        await().atMost(SOON).until(() -> Remains.of(cluster).get("outbox entries") == 0);
        before = Remains.of(cluster);
    }

    @AfterEach
    void nothingStaysBehind() {
        cluster.s3Faults().set(FaultProxy.NONE);
        await("nothing stays behind")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Remains.of(cluster)).isEqualTo(before));
    }

    @Test
    void anUnknownBucketIsNotThere() {
        for (int node = 0; node < cluster.size(); node++) {
            refused(cluster.api(node).put("no-such-bucket", "x", new byte[100]), ErrorCode.NO_SUCH_BUCKET);
            refused(cluster.api(node).get("no-such-bucket", "x"), ErrorCode.NO_SUCH_BUCKET);
            refused(cluster.api(node).delete("no-such-bucket", "x"), ErrorCode.NO_SUCH_BUCKET);
        }
    }

    @Test
    void badNamesAreRefused() {
        refused(api.put("Bad_Bucket", "x", new byte[100]), ErrorCode.INVALID_BUCKET_NAME);
        refused(api.put("bad-plain", "a\u0001b", new byte[100]), ErrorCode.INVALID_OBJECT_NAME);
        refused(api.put("bad-plain", "x".repeat(1_025), new byte[100]), ErrorCode.INVALID_OBJECT_NAME);
        refused(
                api.send("PUT", "/api/v1/buckets/No", "{}".getBytes(StandardCharsets.UTF_8)),
                ErrorCode.INVALID_BUCKET_NAME);
    }

    @Test
    void pathTraversalIsRefusedHoweverItIsWritten() {
        for (String path : new String[] {
            "/api/v1/objects/bad-plain/../../../etc/passwd",
            "/api/v1/objects/bad-plain/a/../../b",
            "/api/v1/objects/bad-plain/%2e%2e/%2e%2e/etc/passwd",
            "/api/v1/objects/bad-plain/..%2f..%2fetc%2fpasswd",
            "/api/v1/objects/bad-plain/./x",
            "/api/v1/objects/%2e%2e/x"
        }) {
            for (String method : new String[] {"PUT", "GET", "DELETE"}) {
                RawHttp.Reply reply = raw(RawHttp.head(method + " " + path, "Content-Length: 0"));
                refused(
                        reply,
                        path.contains("/objects/%2e%2e/")
                                ? ErrorCode.INVALID_BUCKET_NAME
                                : ErrorCode.INVALID_OBJECT_NAME);
                assertThat(reply.text()).doesNotContain("root:");
            }
        }
        assertThat(api.list("bad-plain", "")).isEmpty();
    }

    @Test
    void badJsonIsRefusedWithItsPlace() {
        byte[] broken = "{\"writeback\": {\"mode\":".getBytes(StandardCharsets.UTF_8);
        refused(api.send("PUT", "/api/v1/buckets/bad-json", broken), ErrorCode.MALFORMED_JSON);
        refused(api.send("POST", "/api/v1/jobs", broken), ErrorCode.MALFORMED_JSON);
        byte[] unknown = "{\"writebak\": {}}".getBytes(StandardCharsets.UTF_8);
        assertThat(api.send("PUT", "/api/v1/buckets/bad-json", unknown).status())
                .isEqualTo(400);
        refused(api.send("GET", "/api/v1/buckets/bad-json", null), ErrorCode.NO_SUCH_BUCKET);
    }

    @Test
    void aBodyThatDoesNotMatchItsDigestIsRefused() {
        for (String bucket : new String[] {"bad-plain", "bad-async", "bad-sync"}) {
            for (int node = 0; node < cluster.size(); node++) {
                refused(
                        cluster.api(node)
                                .put(bucket, "digest", Bytes.random(1, MIB), "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="),
                        ErrorCode.BAD_DIGEST);
            }
            refused(api.get(bucket, "digest"), ErrorCode.NO_SUCH_OBJECT);
        }
        refused(api.put("bad-plain", "digest", new byte[10], "Content-MD5", "not base64!"), ErrorCode.INVALID_ARGUMENT);
        assertThat(namesOnS3("bad-")).isEmpty();
    }

    @Test
    void headersThatAreTooLargeAreRefused() {
        RawHttp.Reply reply = raw(RawHttp.head("GET /api/v1/cluster", "X-Large: " + "x".repeat(200_000)));
        refused(reply, ErrorCode.HEADERS_TOO_LARGE);
        api.send("GET", "/api/v1/cluster", null).expect(200);
    }

    @Test
    void anUnknownPathOrMethodIsSaid() {
        refused(api.send("GET", "/api/v1/nothing", null), ErrorCode.NO_SUCH_ROUTE);
        refused(api.send("GET", "/v1/buckets", null), ErrorCode.NO_SUCH_ROUTE);
        refused(api.send("PATCH", "/api/v1/buckets", new byte[0]), ErrorCode.METHOD_NOT_ALLOWED);
    }

    @Test
    void aClientThatHangsUpInMidBodyLeavesNothing() {
        for (String bucket : new String[] {"bad-plain", "bad-async", "bad-sync"}) {
            for (int node = 0; node < cluster.size(); node++) {
                for (boolean reset : new boolean[] {true, false}) {
                    byte[] head = RawHttp.head(
                            "PUT /api/v1/objects/" + bucket + "/half-" + node, "Content-Length: " + 8 * MIB);
                    RawHttp.hangUp(cluster.api(node).base(), RawHttp.concat(head, new byte[MIB]), reset);
                }
                RawHttp.hangUp(
                        cluster.api(node).base(),
                        RawHttp.head("PUT /api/v1/objects/" + bucket + "/no-body", "Content-Length: 100"),
                        true);
            }
        }
        await().atMost(SOON).untilAsserted(() -> {
            for (String bucket : new String[] {"bad-plain", "bad-async", "bad-sync"}) {
                assertThat(api.list(bucket, "")).isEmpty();
            }
        });
    }

    @Test
    void connectionsAndDescriptorsDoNotGrowWithBadRequests() {
        Runnable round = () -> {
            badNamesAreRefused();
            aClientThatHangsUpInMidBodyLeavesNothing();
            aBodyThatDoesNotMatchItsDigestIsRefused();
        };
        round.run();
        round.run();
        long[] usual = new long[cluster.size()];
        for (int node = 0; node < cluster.size(); node++) {
            usual[node] = Remains.sockets(cluster, node);
        }
        for (int i = 0; i < 5; i++) {
            round.run();
        }
        await().atMost(SOON).untilAsserted(() -> {
            for (int node = 0; node < cluster.size(); node++) {
                assertThat(Remains.sockets(cluster, node))
                        .as("sockets of node %d", node)
                        .isLessThanOrEqualTo(usual[node] + 2);
            }
        });
    }

    @Test
    void whatS3RefusesForCertainIsAnsweredAndThePreviousVersionStays() {
        byte[] first = Bytes.random(2, 5_000);
        api.put("bad-sync", "kept", first).expect(200);
        try {
            cluster.s3Faults().set(new FaultProxy.Answer(403, "AccessDenied"));
            refused(api.put("bad-sync", "kept", Bytes.random(3, 6_000)), ErrorCode.REMOTE_REFUSED);
            refused(api.delete("bad-sync", "kept"), ErrorCode.REMOTE_REFUSED);
            refused(api.put("bad-sync", "new", Bytes.random(3, 6_000)), ErrorCode.REMOTE_REFUSED);
            cluster.s3Faults().set(FaultProxy.NONE);
            assertThat(api.get("bad-sync", "kept").expect(200).body()).isEqualTo(first);
            refused(api.get("bad-sync", "new"), ErrorCode.NO_SUCH_OBJECT);
            assertThat(namesOnS3("bad-sync/")).containsExactly("bad-sync/kept");
        } finally {
            cluster.s3Faults().set(FaultProxy.NONE);
            api.delete("bad-sync", "kept").expect(204);
        }
    }

    @Test
    void aRemoteBucketThatDoesNotExistIsSaid() {
        refused(api.put("bad-remote", "x", Bytes.random(4, 1_000)), ErrorCode.REMOTE_REFUSED);
        assertThat(api.list("bad-remote", "")).isEmpty();
    }

    @Test
    void whatAnOverloadedS3DidNotTakeIsRefusedAndThePreviousVersionStays() {
        byte[] first = Bytes.random(7, 5_000);
        api.put("bad-sync", "kept", first).expect(200);
        cluster.s3Faults().set(new FaultProxy.Answer(503, "SlowDown", "PUT"));
        refused(api.put("bad-sync", "kept", Bytes.random(8, 6_000)), ErrorCode.REMOTE_UNAVAILABLE);
        refused(api.put("bad-sync", "new", Bytes.random(8, 6_000)), ErrorCode.REMOTE_UNAVAILABLE);
        cluster.s3Faults().set(FaultProxy.NONE);
        assertThat(api.get("bad-sync", "kept").expect(200).body()).isEqualTo(first);
        refused(api.get("bad-sync", "new"), ErrorCode.NO_SUCH_OBJECT);
        assertThat(namesOnS3("bad-sync/")).containsExactly("bad-sync/kept");
        api.delete("bad-sync", "kept").expect(204);
    }

    /** S3 cannot even be asked whether it took it. */
    @Test
    void aChangeThatAnOverloadedS3DidNotConfirmIsRolledForward() {
        byte[] body = Bytes.random(5, 1_000);
        cluster.s3Faults().set(new FaultProxy.Answer(503, "SlowDown"));
        Api.Reply reply = api.put("bad-sync", "busy", body);
        cluster.s3Faults().set(FaultProxy.NONE);
        refused(reply, ErrorCode.OUTCOME_UNKNOWN);
        await("it is on S3 by itself")
                .atMost(SOON)
                .untilAsserted(() ->
                        assertThat(s3.bytesOrNull("remote", "bad-sync/busy")).isEqualTo(body));
        assertThat(api.get("bad-sync", "busy").expect(200).body()).isEqualTo(body);
        api.delete("bad-sync", "busy").expect(204);
    }

    @Test
    void anS3ThatCannotBeReachedIsSaid() {
        api.bucket(
                "bad-down",
                "{\"writeback\":{\"mode\":\"sync\",\"remote\":\"s3://remote/down\",\"endpoint\":\"down\"}}");
        refused(api.put("bad-down", "x", Bytes.random(6, 1_000)), ErrorCode.REMOTE_UNAVAILABLE);
        refused(api.get("bad-down", "x"), ErrorCode.REMOTE_UNAVAILABLE);
        assertThat(api.list("bad-down", "")).isEmpty();
    }

    /** Without the objects by which a node that has just started finds out what its endpoint can do: an injected fault may keep one there. */
    private static List<String> namesOnS3(String prefix) {
        return s3.etags("remote", prefix).keySet().stream()
                .filter(key -> !key.contains("/.landfall-probe/"))
                .toList();
    }

    private static RawHttp.Reply raw(byte[] request) {
        return RawHttp.send(api.base(), request);
    }

    /** The code, its status and its form are the documented ones. */
    static void refused(Api.Reply reply, ErrorCode code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(code.status());
        refused(reply.json(), code);
    }

    private static void refused(RawHttp.Reply reply, ErrorCode code) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(code.status());
        String body = reply.text().substring(reply.text().indexOf("\r\n\r\n") + 4);
        refused(Json.tree(body.getBytes(StandardCharsets.UTF_8)), code);
    }

    private static void refused(JsonNode json, ErrorCode code) {
        assertThat(json.path("code").asText()).isEqualTo(code.wire());
        assertThat(json.path("status").asInt()).isEqualTo(code.status());
        assertThat(json.path("message").asText()).isNotBlank();
        assertThat(json.path("requestId").asText()).isNotBlank();
        assertThat(documented()).as("docs/errors.md").contains("`" + code.wire() + "`");
    }

    private static String documented() {
        try {
            return Files.readString(ChildProcess.root().resolve("docs/errors.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
