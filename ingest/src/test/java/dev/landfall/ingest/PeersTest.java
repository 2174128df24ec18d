package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Origin;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
    @TempDir
    Path directory;

    private FakeCluster.State state;
    private TestNode one;
    private TestNode two;

    @BeforeEach
    void start() {
        state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1", "n2"));
        one = TestNode.start(new FakeCluster(state, "n1"), directory.resolve("n1"));
        two = TestNode.start(new FakeCluster(state, "n2"), directory.resolve("n2"));
        assertThat(Http.put(two.url("/api/v1/buckets/speech"), "{}").status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private ObjectKey keyOf(String node, String prefix) {
        for (int i = 0; ; i++) {
            var key = ObjectKey.of("speech", prefix + i);
            if (state.view().requireMap().ownerOf(key).node().equals(node)) {
                return key;
            }
        }
    }

    private static final String PEER = "Landfall-Peer: 1";

    private static String path(ObjectKey key) {
        return "/api/v1/objects/" + key;
    }

    @Test
    void objectsGoToTheirOwnerAndComeBackFromIt() {
        ObjectKey key = keyOf("n2", "x");
        byte[] body = new byte[3_000_000];
        new Random(1).nextBytes(body);

        var put = Http.put(
                one.url(path(key)),
                body,
                "Content-Type: audio/flac",
                "x-landfall-meta-a: b",
                "Cache-Control: no-store",
                "Expires: 0");

        assertThat(put.status()).isEqualTo(200);
        assertThat(two.store.lookup(key)).isPresent();
        var got = Http.get(one.url(path(key)));
        assertThat(got.body()).isEqualTo(body);
        assertThat(got.header("ETag")).isEqualTo(put.header("ETag"));
        assertThat(got.header("Content-Type")).isEqualTo("audio/flac");
        assertThat(got.header("x-landfall-meta-a")).isEqualTo("b");
        assertThat(got.header("Cache-Control")).isEqualTo("no-store");
        assertThat(got.header("Expires")).isEqualTo("0");
        assertThat(Http.get(one.url(path(key)), "Range: bytes=10-19").header("Content-Range"))
                .isEqualTo("bytes 10-19/3000000");
        assertThat(Http.get(one.url(path(key)), "Range: bytes=3000000-").header("Content-Range"))
                .isEqualTo("bytes */3000000");
        assertThat(Http.send(one.url(path(key)), "HEAD", null).header("Content-Length"))
                .isEqualTo("3000000");
        assertThat(Http.get(one.url(path(key)), "If-None-Match: " + put.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(Http.send(one.url(path(key)), "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.get(one.url(path(key))).code()).isEqualTo("NoSuchObject");
        assertThat(Http.send(one.url(path(key)), "HEAD", null).status()).isEqualTo(404);
    }

    @Test
    void errorsOfTheOwnerReachTheClient() {
        ObjectKey key = keyOf("n2", "x");
        Http.put(one.url(path(key)), "one");
        assertThat(Http.put(one.url(path(key)), "two", "If-None-Match: *").code())
                .isEqualTo("PreconditionFailed");
        assertThat(Http.put(one.url(path(key)), "two", "Content-MD5: XUFAKrxLKna5cZ2REBfFkg==", "X-Request-Id: r1")
                        .json()
                        .path("requestId")
                        .asText())
                .isEqualTo("r1");
        assertThat(Http.get(one.url(path(key))).text()).isEqualTo("one");
    }

    @Test
    void chunkedAndEmptyBodiesTravel() throws IOException {
        ObjectKey key = keyOf("n2", "x");
        assertThat(Http.put(one.url(path(key)), new byte[0]).status()).isEqualTo(200);
        try (Socket socket = Http.connect(URI.create(one.url("")))) {
            socket.getOutputStream()
                    .write(("PUT " + path(key)
                                    + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(Http.read(socket.getInputStream(), false).status()).isEqualTo(200);
        }
        assertThat(Http.get(two.url(path(key))).text()).isEqualTo("hello");
    }

    @Test
    void redirectIsForThoseWhoAskForIt() {
        ObjectKey key = keyOf("n2", "x");
        var reply = Http.put(one.url(path(key)), "hello", "Landfall-Redirect: allow");
        assertThat(reply.status()).isEqualTo(307);
        assertThat(reply.header("Location")).isEqualTo(two.url(path(key)));
        assertThat(two.store.lookup(key)).isEmpty();
    }

    @Test
    void listIsSortedOverAllNodes() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            names.add("n%02d".formatted(i));
            Http.put(one.url("/api/v1/objects/speech/n%02d".formatted(i)), "x");
        }
        var first = Http.get(two.url("/api/v1/objects/speech?limit=25")).json();
        var second = Http.get(one.url("/api/v1/objects/speech?limit=25&after="
                        + first.path("next").asText()))
                .json();
        List<String> found = new ArrayList<>(first.path("objects").findValuesAsText("name"));
        found.addAll(second.path("objects").findValuesAsText("name"));
        assertThat(found).isEqualTo(names);
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void aNodeThatIsDownCostsOnlyItsShare() {
        ObjectKey theirs = keyOf("n2", "x");
        ObjectKey ours = keyOf("n1", "x");
        two.ingest.close();
        assertThat(Http.put(one.url(path(ours)), "x").status()).isEqualTo(200);
        var put = Http.put(one.url(path(theirs)), "x");
        assertThat(put.code()).isEqualTo("OwnerUnavailable");
        assertThat(put.header("Retry-After")).isNotNull();
        assertThat(Http.get(one.url(path(theirs))).code()).isEqualTo("OwnerUnavailable");
        assertThat(Http.get(one.url("/api/v1/objects/speech")).code()).isEqualTo("OwnerUnavailable");
        assertThat(Http.get(one.url("/api/v1/buckets/speech"))
                        .json()
                        .path("unavailable")
                        .path(0)
                        .asText())
                .isEqualTo("n2");
    }

    @Test
    void nodeThatIsNotTheOwnerIsAskedOnceMoreAfterTheViewsAgree() throws Exception {
        ObjectKey key = keyOf("n2", "x");
        one.cluster.frozen = true;
        List<ClusterMap.Ownership> owners = new ArrayList<>();
        state.view().requireMap().owners().forEach(o -> owners.add(new ClusterMap.Ownership(o.node(), o.epoch() + 1)));
        state.change(FakeCluster.map(new ClusterMap(2, owners)));
        Thread later = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                return;
            }
            one.cluster.thaw();
        });
        var reply = Http.put(one.url(path(key)), "hello");
        later.join();
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(two.store.lookup(key).orElseThrow().generation().epoch()).isEqualTo(2);
    }

    @Test
    void aMapThatNeverAgreesEndsIn503() {
        ObjectKey key = keyOf("n2", "x");
        two.cluster.frozen = true;
        List<ClusterMap.Ownership> owners = new ArrayList<>();
        state.view().requireMap().owners().forEach(o -> owners.add(new ClusterMap.Ownership(o.node(), o.epoch() + 1)));
        state.change(FakeCluster.map(new ClusterMap(2, owners)));
        var reply = Http.put(one.url(path(key)), "hello");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("OwnerUnavailable");
    }

    @Test
    void peerApiNeverForwardsAndWantsAnEpoch() {
        ObjectKey theirs = keyOf("n1", "x");
        String url = two.ingest.peerUrl() + "/node/v1/objects/" + theirs;
        var reply = Http.get(url, "Landfall-Epoch: 1", PEER);
        assertThat(reply.status()).isEqualTo(421);
        assertThat(reply.code()).isEqualTo("NotOwner");
        assertThat(reply.header("Landfall-Map-Version")).isEqualTo("1");
        assertThat(Http.get(url, PEER).code()).isEqualTo("InvalidArgument");
        assertThat(Http.get(two.ingest.peerUrl() + "/api/v1/buckets", PEER).code())
                .isEqualTo("NoSuchRoute");
        assertThat(Http.get(two.url("/node/v1/objects/" + theirs)).code()).isEqualTo("NoSuchRoute");
    }

    @Test
    void outputsKeepTheirOriginOnTheWayToTheOwner() throws IOException {
        Path file = Files.write(directory.resolve("out.wav"), new byte[100_000]);
        for (String owner : List.of("n1", "n2")) {
            ObjectKey key = keyOf(owner, "out");
            assertThat(one.ingest.router().isLocal(key)).isEqualTo(owner.equals("n1"));
            assertThat(put(key, file, 1).kind()).isEqualTo(PutOutcome.Kind.COMMITTED);
            assertThat(put(key, file, 1).kind()).isEqualTo(PutOutcome.Kind.ALREADY_STORED);
            assertThat(put(key, file, 2).record().origin().run()).isEqualTo(2);
            assertThat(put(key, file, 1).kind()).isEqualTo(PutOutcome.Kind.SUPERSEDED);
            assertThat((owner.equals("n1") ? one : two)
                            .store
                            .lookup(key)
                            .orElseThrow()
                            .cause())
                    .isEqualTo(ChangeCause.PIPELINE);
            Http.put(one.url(path(key)), "a user's");
            assertThatThrownBy(() -> put(key, file, 3))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_CONFLICT));
        }
    }

    private PutOutcome put(ObjectKey key, Path file, long run) {
        var origin = new Origin("p", "speech/source", Generation.of(1, 7), run);
        return one.ingest
                .router()
                .putFile(
                        key,
                        new PutRequest(
                                -1,
                                "audio/wav",
                                Map.of(),
                                null,
                                ChangeCause.PIPELINE,
                                new Condition.IfOutput(origin, false),
                                origin,
                                null),
                        file);
    }

    @Test
    void commandsReachTheCoordinatorAndAreSeenOnReturn() {
        two.ingest.router().submit(new ClusterCommand.CreateBucket(new BucketName("other"), BucketSpec.local()));
        assertThat(two.cluster.view().buckets()).containsKey("other");
        assertThatThrownBy(() -> two.ingest
                        .router()
                        .submit(new ClusterCommand.CreateBucket(
                                new BucketName("other"), new BucketSpec(null, dev.landfall.model.Durability.OS, null))))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_EXISTS));
    }

    @Test
    void withoutTheLogNothingIsDecided() {
        one.cluster.logIsAway = true;
        assertThat(Http.put(two.url("/api/v1/buckets/other"), "{}").code()).isEqualTo("ClusterUnavailable");
    }

    @Test
    void bucketIsKnownToEveryNodeOnceItIsCreated() {
        one.cluster.frozen = true;
        Thread later = Thread.ofVirtual().start(() -> {
            await().until(() -> state.view().buckets().containsKey("other"));
            one.cluster.thaw();
        });
        // decided by the other node: this one only hears of it
        state.change(v ->
                new dev.landfall.model.ClusterView(0, v.map(), "n2", v.nodes(), v.buckets(), v.topologies(), v.jobs()));
        assertThat(Http.put(two.url("/api/v1/buckets/other"), "{}").status()).isEqualTo(200);
        assertThat(one.cluster.view().buckets()).containsKey("other");
        assertThat(later.isAlive()).isFalse();
    }

    @Test
    void refusalInTheMiddleOfAForwardedBodyReachesTheClient() throws IOException {
        two.close();
        var strict = new dev.landfall.ingest.http.Limits(16, 64, 32 << 10, 1 << 20, java.time.Duration.ofSeconds(5), 0);
        two = TestNode.create(
                new FakeCluster(state, "n2"), directory.resolve("n2"), TestNode.NO_KAFKA, strict, 1000, List.of());
        two.ingest.start();
        await().until(() -> state.view().nodes().get("n2").peer().equals(two.ingest.peerUrl()));
        ObjectKey key = keyOf("n2", "x");
        try (Socket socket = Http.connect(URI.create(one.url("")))) {
            var out = socket.getOutputStream();
            out.write(("PUT " + path(key) + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = new byte[1 << 20];
            try {
                for (int i = 0; i < 24; i++) {
                    out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(chunk);
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // refused already; the reply is there to be read
            }
            assertThat(Http.read(socket.getInputStream(), false).code()).isEqualTo("EntityTooLarge");
        }
        await().untilAsserted(() -> assertThat(files()).isZero());
    }

    @Test
    void clientThatHangsUpOnTheWayToTheOwnerLeavesNothing() throws IOException {
        ObjectKey key = keyOf("n2", "x");
        try (Socket socket = Http.connect(URI.create(one.url("")))) {
            socket.getOutputStream()
                    .write(("PUT " + path(key) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[1_000_000]);
            await().until(() -> files() > 0);
        }
        await().untilAsserted(() -> assertThat(files()).isZero());
        assertThat(two.store.lookup(key)).isEmpty();
    }

    @Test
    void chunkedBodyThatBreaksOffOnTheWayToTheOwnerIsNotStored() throws IOException {
        // given
        ObjectKey key = keyOf("n2", "x");
        assertThat(Http.put(one.url(path(key)), "before").status()).isEqualTo(200);
        long events = two.store.outboxDepth();
        long files = files();

        // when
        for (int size : List.of(100, 3_000_000)) {
            try (Socket socket = Http.connect(URI.create(one.url("")))) {
                var out = socket.getOutputStream();
                out.write(("PUT " + path(key) + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(size) + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[size]);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                await().until(() -> inFlight(two) > 0);
            }
            await().until(() -> inFlight(one) == 0 && inFlight(two) == 0);
        }

        // then
        assertThat(Http.get(one.url(path(key))).text()).isEqualTo("before");
        assertThat(two.store.outboxDepth()).isEqualTo(events);
        assertThat(files()).isEqualTo(files);
    }

    private static double inFlight(TestNode node) {
        return node.metrics.get("landfall.http.in.flight").gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }

    @Test
    void chunkedBodyWithoutItsTrailerIsNotStored() throws IOException {
        ObjectKey key = keyOf("n2", "x");
        for (String trailer : List.of("", "Landfall-Body-Complete: 1\r\n")) {
            try (Socket socket = Http.connect(URI.create(two.ingest.peerUrl()))) {
                socket.getOutputStream()
                        .write(("PUT /node/v1/objects/" + key
                                        + " HTTP/1.1\r\nHost: localhost\r\nLandfall-Peer: 1\r\nLandfall-Epoch: 1\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" + trailer + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                var reply = Http.read(socket.getInputStream(), false);
                assertThat(reply.status()).isEqualTo(trailer.isEmpty() ? 400 : 200);
                assertThat(two.store.lookup(key).isPresent()).isEqualTo(!trailer.isEmpty());
            }
        }
    }

    @Test
    void aChangeWhoseOwnerVanishesIsSaidToBeUnknown() throws Exception {
        ObjectKey key = keyOf("n2", "x");
        two.cluster.frozen = true; // or it would correct its address
        try (var owner = new VanishingOwner()) {
            state.change(FakeCluster.nodes(nodes ->
                    nodes.computeIfPresent("n2", (id, n) -> new NodeInfo(id, n.http(), owner.url(), n.storeId()))));
            assertThat(Http.put(one.url(path(key)), "small").code()).isEqualTo("OutcomeUnknown");
            assertThat(Http.put(one.url(path(key)), new byte[100_000]).status()).isEqualTo(504);
            assertThat(Http.put(one.url(path(key)), new byte[0]).code()).isEqualTo("OutcomeUnknown");
            assertThat(Http.send(one.url(path(key)), "DELETE", null).code()).isEqualTo("OutcomeUnknown");
            assertThat(Http.get(one.url(path(key))).code()).isEqualTo("OwnerUnavailable");
            owner.refuseBodies = true;
            assertThat(Http.put(one.url(path(key)), new byte[100_000]).code()).isEqualTo("OwnerUnavailable");
        }
    }

    @Test
    void peerDoorIsForNodes() {
        var reply = Http.get(two.ingest.peerUrl() + "/node/v1/seen?offset=0");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).contains("Landfall-Peer");
        assertThat(Http.get(two.ingest.peerUrl() + "/node/v1/seen?offset=0", PEER, "Origin: http://evil.example")
                        .status())
                .isEqualTo(400);
        assertThat(Http.get(two.ingest.peerUrl() + "/node/v1/seen?offset=0", PEER)
                        .status())
                .isEqualTo(200);
    }

    private long files() {
        return FrontDoorTest.files(directory.resolve("n2"));
    }
}
