package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.ingest.http.Limits;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Every code reaches a client as docs/errors.md says, and what is refused leaves nothing behind. */
@Isolated("counts the descriptors of the process")
class ErrorRepliesTest {
    /** Small enough to reach. */
    private static final Limits SMALL = small(Duration.ofSeconds(20));

    private static Limits small(Duration idle) {
        return new Limits(2, 2, 32 << 10, 1000, idle, 0);
    }

    @TempDir
    Path directory;

    private FakeCluster cluster;
    private TestNode node;

    @BeforeEach
    void start() {
        start(SMALL);
    }

    private void start(Limits limits) {
        cluster = new FakeCluster(new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1")), "n1");
        node = TestNode.create(cluster, directory, TestNode.NO_KAFKA, limits, 3, List.of());
        node.ingest.routes().add("GET", "/api/v1/throw/{code}", call -> {
            throw new LandfallException(
                    ErrorCode.valueOf(call.path("code")), "Said by the test", null, Duration.ofSeconds(7));
        });
        node.ingest.routes().add("GET", "/api/v1/bug", call -> {
            throw new IllegalStateException("a secret detail");
        });
        node.started();
        assertThat(Http.put(node.url("/api/v1/buckets/speech"), "{\"durability\":\"os\"}")
                        .status())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void everyCodeHasItsStatusAndForm() {
        EnumSet.complementOf(EnumSet.of(ErrorCode.NOT_OWNER)).forEach(this::hasItsStatusAndForm);
    }

    private void hasItsStatusAndForm(ErrorCode code) {
        var reply = Http.get(node.url("/api/v1/throw/" + code.name()));
        assertThat(reply.status()).isEqualTo(code.status());
        assertThat(reply.code()).isEqualTo(code.wire()).isEqualTo(reply.header("Landfall-Error"));
        assertThat(reply.header("Retry-After")).isEqualTo("7");
        assertThat(reply.json().path("requestId").asText()).isNotEmpty();
    }

    @Test
    void bugsSayNothingOfTheirInside() {
        var reply = Http.get(node.url("/api/v1/bug"));
        assertThat(reply.code()).isEqualTo("InternalError");
        assertThat(reply.text()).doesNotContain("secret");
    }

    private record Refusal(ErrorCode code, String method, String path, String body, String... headers) {}

    private static Stream<Refusal> refusals() {
        String objects = "/api/v1/objects/speech/";
        return Stream.of(
                new Refusal(ErrorCode.INVALID_BUCKET_NAME, "PUT", "/api/v1/buckets/No", "{}"),
                new Refusal(ErrorCode.INVALID_OBJECT_NAME, "PUT", objects + "../x", "a"),
                new Refusal(ErrorCode.INVALID_ARGUMENT, "PUT", objects + "x", "a", "Landfall-Writeback: never"),
                new Refusal(ErrorCode.MALFORMED_JSON, "PUT", "/api/v1/buckets/other", "{"),
                new Refusal(ErrorCode.BAD_DIGEST, "PUT", objects + "x", "a", "Content-MD5: XUFAKrxLKna5cZ2REBfFkg=="),
                new Refusal(ErrorCode.NO_SUCH_BUCKET, "PUT", "/api/v1/objects/nothing/x", "a"),
                new Refusal(ErrorCode.NO_SUCH_OBJECT, "GET", objects + "x", null),
                new Refusal(ErrorCode.NO_SUCH_ROUTE, "GET", "/v1/objects/speech/x", null),
                new Refusal(ErrorCode.METHOD_NOT_ALLOWED, "POST", objects + "x", "a"),
                new Refusal(ErrorCode.BUCKET_EXISTS, "PUT", "/api/v1/buckets/speech", "{}"),
                new Refusal(ErrorCode.PRECONDITION_FAILED, "PUT", objects + "x", "a", "If-Match: \"b\""),
                new Refusal(ErrorCode.ENTITY_TOO_LARGE, "PUT", objects + "x", "a".repeat(1001)),
                new Refusal(ErrorCode.HEADERS_TOO_LARGE, "PUT", objects + "x", "a", "X-Big: " + "b".repeat(33_000)));
    }

    @Test
    void refusalsAreTheDocumentedOnesAndLeaveNothing() {
        refusals().forEach(this::isTheDocumentedOneAndLeavesNothing);
        long before = descriptors();
        for (int i = 0; i < 5; i++) {
            refusals().forEach(this::isTheDocumentedOneAndLeavesNothing);
        }
        // a selector or two of a worker that had not waited before are no leak; one for each of 65 refusals would be
        await().untilAsserted(() -> assertThat(descriptors()).isLessThan(before + 10));
    }

    private static long descriptors() {
        var system = (com.sun.management.UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getOpenFileDescriptorCount();
    }

    private void isTheDocumentedOneAndLeavesNothing(Refusal refusal) {
        byte[] body = refusal.body() == null ? null : refusal.body().getBytes(StandardCharsets.UTF_8);
        var reply = Http.send(node.url(refusal.path()), refusal.method(), body, refusal.headers());
        assertThat(reply.status()).as(reply.text()).isEqualTo(refusal.code().status());
        assertThat(reply.code()).isEqualTo(refusal.code().wire());
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        assertThat(node.store.outboxDepth()).isZero();
        assertThat(Http.get(node.url("/api/v1/objects/speech")).json().path("objects"))
                .isEmpty();
        await().untilAsserted(() -> assertThat(TestNode.dataFiles(directory)).isEmpty());
        await().untilAsserted(() -> assertThat(node.metrics
                        .get("landfall.http.in.flight")
                        .tag("door", "front")
                        .gauge()
                        .value())
                .isZero());
    }

    /** Only where it is meant to run out: a slow machine needs more between the head and the body of a request. */
    private void becomeImpatient() {
        node.close();
        start(small(Duration.ofMillis(500)));
    }

    @Test
    void stuckClientIsGivenUp() throws IOException {
        becomeImpatient();
        try (Socket socket =
                open("PUT /api/v1/objects/speech/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")) {
            assertThat(Http.read(socket.getInputStream(), false).code()).isEqualTo("RequestTimeout");
        }
        assertNothingIsLeft();
    }

    @Test
    void chunkedBodyOverTheLimitIsRefused() throws IOException {
        try (Socket socket = open(
                "PUT /api/v1/objects/speech/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n")) {
            socket.getOutputStream().write(new byte[2000]);
            assertThat(Http.read(socket.getInputStream(), false).code()).isEqualTo("EntityTooLarge");
        }
        assertNothingIsLeft();
    }

    @Test
    void fullOutboxRefusesChangesAndNotReads() {
        for (int i = 0; i < 3; i++) {
            assertThat(Http.put(node.url("/api/v1/objects/speech/x" + i), "a").status())
                    .isEqualTo(200);
        }
        assertThat(Http.put(node.url("/api/v1/objects/speech/x4"), "a").code()).isEqualTo("OutboxFull");
        assertThat(Http.send(node.url("/api/v1/objects/speech/x1"), "DELETE", null)
                        .code())
                .isEqualTo("OutboxFull");
        assertThat(Http.get(node.url("/api/v1/objects/speech/x1")).status()).isEqualTo(200);
    }

    @Test
    void tooManyRequestsAtOnceAreToldSo() throws IOException {
        becomeImpatient();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                slow.add(open(
                        "PUT /api/v1/objects/speech/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"));
            }
            List<String> codes = new ArrayList<>();
            for (Socket socket : slow) {
                codes.add(Http.read(socket.getInputStream(), false).code());
                socket.close(); // or the node would wait a while for the body that it does not want
            }
            assertThat(codes).contains("Busy", "RequestTimeout");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void drainingNodeRefusesAndSaysItIsNotReady() {
        assertThat(node.ingest.drain(Duration.ofSeconds(1))).isTrue();
        assertThat(Http.get(node.url("/api/v1/objects/speech/x")).code()).isEqualTo("ShuttingDown");
        assertThat(Http.get(node.url("/health/ready")).status()).isEqualTo(503);
        assertThat(Http.get(node.url("/health/live")).status()).isEqualTo(200);
    }

    @Test
    void changesOfTheClusterNeedItsLog() {
        cluster.logIsAway = true;
        assertThat(Http.put(node.url("/api/v1/buckets/other"), "{}").code()).isEqualTo("ClusterUnavailable");
        assertThat(Http.put(node.url("/api/v1/objects/speech/x"), "a").status()).isEqualTo(200);
    }

    @Test
    void otherMachinesCannotBeServed() {
        assertThatThrownBy(() -> Ingest.create(
                        new Ingest.Config(
                                "n1",
                                "0.0.0.0",
                                0,
                                "127.0.0.1",
                                0,
                                null,
                                null,
                                List.of(),
                                TestNode.NO_KAFKA,
                                dev.landfall.model.Topics.DEFAULT,
                                Set.of(),
                                SMALL,
                                1,
                                dev.landfall.ingest.auth.AuthConfig.OPEN,
                                null,
                                null,
                                "test"),
                        node.store,
                        node.tiered,
                        cluster,
                        node.metrics,
                        dev.landfall.model.TimeSource.system()))
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("127.0.0.1");
    }

    /** What the tests above provoke, what other modules' tests do, and nothing forgotten. */
    @Test
    void everyRowIsAccountedFor() {
        var here = EnumSet.noneOf(ErrorCode.class);
        refusals().forEach(refusal -> here.add(refusal.code()));
        here.addAll(List.of(
                ErrorCode.REQUEST_TIMEOUT,
                ErrorCode.OUTBOX_FULL,
                ErrorCode.BUSY,
                ErrorCode.SHUTTING_DOWN,
                ErrorCode.CLUSTER_UNAVAILABLE,
                ErrorCode.INTERNAL_ERROR));
        var inOtherTestsOfThisModule = EnumSet.of(
                ErrorCode.INCOMPLETE_BODY,
                ErrorCode.INVALID_RANGE,
                ErrorCode.NOT_OWNER,
                ErrorCode.OWNER_UNAVAILABLE,
                ErrorCode.BUCKET_NOT_EMPTY,
                ErrorCode.OUTPUT_CONFLICT,
                ErrorCode.PROMOTE_OUTSIDE_ROOTS);
        var ofOtherModules = EnumSet.of(
                ErrorCode.INVALID_TOPOLOGY,
                ErrorCode.EXEC_NOT_ALLOWED,
                ErrorCode.NO_SUCH_TOPOLOGY,
                ErrorCode.NO_SUCH_JOB,
                ErrorCode.REMOTE_OVERLAP,
                ErrorCode.CORRUPT_OBJECT,
                ErrorCode.REMOTE_REFUSED,
                ErrorCode.REMOTE_UNAVAILABLE,
                ErrorCode.MOUNTPATH_FENCED,
                ErrorCode.DIRTY_LIMIT,
                ErrorCode.OUTCOME_UNKNOWN,
                ErrorCode.METADATA_TOO_LARGE,
                ErrorCode.ENTITY_TOO_SMALL,
                ErrorCode.INVALID_PART,
                ErrorCode.INVALID_PART_ORDER,
                ErrorCode.NO_SUCH_UPLOAD,
                ErrorCode.TOO_MANY_UPLOADS,
                ErrorCode.INSUFFICIENT_STORAGE);
        var ofTheS3DoorAndItsKeys = EnumSet.of(
                ErrorCode.INVALID_REQUEST,
                ErrorCode.MALFORMED_XML,
                ErrorCode.CREDENTIALS_REQUIRED,
                ErrorCode.ACCESS_DENIED,
                ErrorCode.INVALID_ACCESS_KEY_ID,
                ErrorCode.SIGNATURE_DOES_NOT_MATCH,
                ErrorCode.REQUEST_TIME_TOO_SKEWED,
                ErrorCode.NO_SUCH_ACCESS_KEY,
                ErrorCode.METADATA_TOO_LARGE,
                ErrorCode.ENTITY_TOO_SMALL,
                ErrorCode.INVALID_PART,
                ErrorCode.INVALID_PART_ORDER,
                ErrorCode.NO_SUCH_UPLOAD,
                ErrorCode.TOO_MANY_UPLOADS,
                ErrorCode.NOT_IMPLEMENTED);
        here.addAll(ofTheS3DoorAndItsKeys);
        here.addAll(inOtherTestsOfThisModule);
        here.addAll(ofOtherModules);
        assertThat(here).isEqualTo(EnumSet.allOf(ErrorCode.class));
    }

    private Socket open(String request) throws IOException {
        Socket socket = Http.connect(URI.create(node.url("")));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
