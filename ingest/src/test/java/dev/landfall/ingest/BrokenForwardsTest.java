package dev.landfall.ingest;

import static dev.landfall.ingest.TwoNodes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.NodeInfo;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on its way to its owner, and does not get there whole. */
class BrokenForwardsTest {
    @TempDir
    Path directory;

    private TwoNodes nodes;

    @BeforeEach
    void start() {
        nodes = new TwoNodes(directory);
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void aNodeThatIsDownCostsOnlyItsShare() {
        ObjectKey theirs = nodes.keyOf("n2", "x");
        ObjectKey ours = nodes.keyOf("n1", "x");
        nodes.two.ingest.close();
        assertThat(Http.put(nodes.one.url(path(ours)), "x").status()).isEqualTo(200);
        var put = Http.put(nodes.one.url(path(theirs)), "x");
        assertThat(put.code()).isEqualTo("OwnerUnavailable");
        assertThat(put.header("Retry-After")).isNotNull();
        assertThat(Http.get(nodes.one.url(path(theirs))).code()).isEqualTo("OwnerUnavailable");
        assertThat(Http.get(nodes.one.url("/api/v1/objects/speech")).code()).isEqualTo("OwnerUnavailable");
        assertThat(Http.get(nodes.one.url("/api/v1/buckets/speech"))
                        .json()
                        .path("unavailable")
                        .path(0)
                        .asText())
                .isEqualTo("n2");
    }

    @Test
    void refusalInTheMiddleOfAForwardedBodyReachesTheClient() throws IOException {
        nodes.two.close();
        var strict = new dev.landfall.ingest.http.Limits(16, 64, 32 << 10, 1 << 20, java.time.Duration.ofSeconds(5), 0);
        nodes.two = TestNode.create(
                new FakeCluster(nodes.state, "n2"),
                directory.resolve("n2"),
                TestNode.NO_KAFKA,
                strict,
                1000,
                List.of());
        nodes.two.ingest.start();
        await().until(() -> nodes.state.view().nodes().get("n2").peer().equals(nodes.two.ingest.peerUrl()));
        ObjectKey key = nodes.keyOf("n2", "x");
        try (Socket socket = Http.connect(URI.create(nodes.one.url("")))) {
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
        await().untilAsserted(() -> assertThat(nodes.files()).isEmpty());
    }

    @Test
    void clientThatHangsUpOnTheWayToTheOwnerLeavesNothing() throws IOException {
        ObjectKey key = nodes.keyOf("n2", "x");
        try (Socket socket = Http.connect(URI.create(nodes.one.url("")))) {
            socket.getOutputStream()
                    .write(("PUT " + path(key) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[1_000_000]);
            await().until(() -> !nodes.files().isEmpty());
        }
        await().untilAsserted(() -> assertThat(nodes.files()).isEmpty());
        assertThat(nodes.two.store.lookup(key)).isEmpty();
    }

    @Test
    void chunkedBodyThatBreaksOffOnTheWayToTheOwnerIsNotStored() throws IOException {
        // given
        ObjectKey key = nodes.keyOf("n2", "x");
        assertThat(Http.put(nodes.one.url(path(key)), "before").status()).isEqualTo(200);
        long events = nodes.two.store.outboxDepth();
        Set<Path> files = nodes.files();

        // when
        for (int size : List.of(100, 3_000_000)) {
            try (Socket socket = Http.connect(URI.create(nodes.one.url("")))) {
                var out = socket.getOutputStream();
                out.write(("PUT " + path(key) + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(size) + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[size]);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                await().until(() -> inFlight(nodes.two) > 0);
            }
            await().until(() -> inFlight(nodes.one) == 0 && inFlight(nodes.two) == 0);
        }

        // then
        assertThat(Http.get(nodes.one.url(path(key))).text()).isEqualTo("before");
        assertThat(nodes.two.store.outboxDepth()).isEqualTo(events);
        assertThat(files).containsAll(nodes.files());
    }

    private static double inFlight(TestNode node) {
        return node.metrics.get("landfall.http.in.flight").gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }

    @Test
    void chunkedBodyWithoutItsTrailerIsNotStored() throws IOException {
        ObjectKey key = nodes.keyOf("n2", "x");
        for (String trailer : List.of("", "Landfall-Body-Complete: 1\r\n")) {
            try (Socket socket = Http.connect(URI.create(nodes.two.ingest.peerUrl()))) {
                socket.getOutputStream()
                        .write(("PUT /node/v1/objects/" + key
                                        + " HTTP/1.1\r\nHost: localhost\r\nLandfall-Peer: 1\r\nLandfall-Epoch: 1\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" + trailer + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                var reply = Http.read(socket.getInputStream(), false);
                assertThat(reply.status()).isEqualTo(trailer.isEmpty() ? 400 : 200);
                assertThat(nodes.two.store.lookup(key).isPresent()).isEqualTo(!trailer.isEmpty());
            }
        }
    }

    @Test
    void aChangeWhoseOwnerVanishesIsSaidToBeUnknown() throws Exception {
        ObjectKey key = nodes.keyOf("n2", "x");
        nodes.two.cluster.frozen = true; // or it would correct its address
        try (var owner = new VanishingOwner()) {
            nodes.state.change(FakeCluster.nodes(nodes ->
                    nodes.computeIfPresent("n2", (id, n) -> new NodeInfo(id, n.http(), owner.url(), n.storeId()))));
            assertThat(Http.put(nodes.one.url(path(key)), "small").code()).isEqualTo("OutcomeUnknown");
            assertThat(Http.put(nodes.one.url(path(key)), new byte[100_000]).status())
                    .isEqualTo(504);
            assertThat(Http.put(nodes.one.url(path(key)), new byte[0]).code()).isEqualTo("OutcomeUnknown");
            assertThat(Http.send(nodes.one.url(path(key)), "DELETE", null).code())
                    .isEqualTo("OutcomeUnknown");
            assertThat(Http.get(nodes.one.url(path(key))).code()).isEqualTo("OwnerUnavailable");
            owner.refuseBodies = true;
            assertThat(Http.put(nodes.one.url(path(key)), new byte[100_000]).code())
                    .isEqualTo("OwnerUnavailable");
        }
    }
}
