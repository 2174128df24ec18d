package dev.landfall.ingest;

import static dev.landfall.ingest.TwoNodes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
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
    private static final String PEER = "Landfall-Peer: 1";

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
    void objectsGoToTheirOwnerAndComeBackFromIt() {
        ObjectKey key = nodes.keyOf("n2", "x");
        byte[] body = new byte[3_000_000];
        new Random(1).nextBytes(body);

        var put = Http.put(
                nodes.one.url(path(key)),
                body,
                "Content-Type: audio/flac",
                "x-landfall-meta-a: b",
                "Cache-Control: no-store",
                "Expires: 0");

        assertThat(put.status()).isEqualTo(200);
        assertThat(nodes.two.store.lookup(key)).isPresent();
        var got = Http.get(nodes.one.url(path(key)));
        assertThat(got.body()).isEqualTo(body);
        assertThat(got.header("ETag")).isEqualTo(put.header("ETag"));
        assertThat(got.header("Content-Type")).isEqualTo("audio/flac");
        assertThat(got.header("x-landfall-meta-a")).isEqualTo("b");
        assertThat(got.header("Cache-Control")).isEqualTo("no-store");
        assertThat(got.header("Expires")).isEqualTo("0");
        assertThat(Http.get(nodes.one.url(path(key)), "Range: bytes=10-19").header("Content-Range"))
                .isEqualTo("bytes 10-19/3000000");
        assertThat(Http.get(nodes.one.url(path(key)), "Range: bytes=3000000-").header("Content-Range"))
                .isEqualTo("bytes */3000000");
        assertThat(Http.send(nodes.one.url(path(key)), "HEAD", null).header("Content-Length"))
                .isEqualTo("3000000");
        assertThat(Http.get(nodes.one.url(path(key)), "If-None-Match: " + put.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(Http.send(nodes.one.url(path(key)), "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.get(nodes.one.url(path(key))).code()).isEqualTo("NoSuchObject");
        assertThat(Http.send(nodes.one.url(path(key)), "HEAD", null).status()).isEqualTo(404);
    }

    @Test
    void errorsOfTheOwnerReachTheClient() {
        ObjectKey key = nodes.keyOf("n2", "x");
        Http.put(nodes.one.url(path(key)), "one");
        assertThat(Http.put(nodes.one.url(path(key)), "two", "If-None-Match: *").code())
                .isEqualTo("PreconditionFailed");
        assertThat(Http.put(
                                nodes.one.url(path(key)),
                                "two",
                                "Content-MD5: XUFAKrxLKna5cZ2REBfFkg==",
                                "X-Request-Id: r1")
                        .json()
                        .path("requestId")
                        .asText())
                .isEqualTo("r1");
        assertThat(Http.get(nodes.one.url(path(key))).text()).isEqualTo("one");
    }

    @Test
    void chunkedAndEmptyBodiesTravel() throws IOException {
        ObjectKey key = nodes.keyOf("n2", "x");
        assertThat(Http.put(nodes.one.url(path(key)), new byte[0]).status()).isEqualTo(200);
        try (Socket socket = Http.connect(URI.create(nodes.one.url("")))) {
            socket.getOutputStream()
                    .write(("PUT " + path(key)
                                    + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(Http.read(socket.getInputStream(), false).status()).isEqualTo(200);
        }
        assertThat(Http.get(nodes.two.url(path(key))).text()).isEqualTo("hello");
    }

    @Test
    void redirectIsForThoseWhoAskForIt() {
        ObjectKey key = nodes.keyOf("n2", "x");
        var reply = Http.put(nodes.one.url(path(key)), "hello", "Landfall-Redirect: allow");
        assertThat(reply.status()).isEqualTo(307);
        assertThat(reply.header("Location")).isEqualTo(nodes.two.url(path(key)));
        assertThat(nodes.two.store.lookup(key)).isEmpty();
    }

    @Test
    void listIsSortedOverAllNodes() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            names.add("n%02d".formatted(i));
            Http.put(nodes.one.url("/api/v1/objects/speech/n%02d".formatted(i)), "x");
        }
        var first = Http.get(nodes.two.url("/api/v1/objects/speech?limit=25")).json();
        var second = Http.get(nodes.one.url("/api/v1/objects/speech?limit=25&after="
                        + first.path("next").asText()))
                .json();
        List<String> found = new ArrayList<>(first.path("objects").findValuesAsText("name"));
        found.addAll(second.path("objects").findValuesAsText("name"));
        assertThat(found).isEqualTo(names);
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void outputsKeepTheirOriginOnTheWayToTheOwner() throws IOException {
        Path file = Files.write(directory.resolve("out.wav"), new byte[100_000]);
        for (String owner : List.of("n1", "n2")) {
            ObjectKey key = nodes.keyOf(owner, "out");
            assertThat(nodes.one.ingest.router().isLocal(key)).isEqualTo(owner.equals("n1"));
            assertThat(put(key, file, 1).kind()).isEqualTo(PutOutcome.Kind.COMMITTED);
            assertThat(put(key, file, 1).kind()).isEqualTo(PutOutcome.Kind.ALREADY_STORED);
            assertThat(put(key, file, 2).record().origin().run()).isEqualTo(2);
            assertThat(put(key, file, 1).kind()).isEqualTo(PutOutcome.Kind.SUPERSEDED);
            assertThat((owner.equals("n1") ? nodes.one : nodes.two)
                            .store
                            .lookup(key)
                            .orElseThrow()
                            .cause())
                    .isEqualTo(ChangeCause.PIPELINE);
            Http.put(nodes.one.url(path(key)), "a user's");
            assertThatThrownBy(() -> put(key, file, 3))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_CONFLICT));
        }
    }

    private PutOutcome put(ObjectKey key, Path file, long run) {
        var origin = new Origin("p", "speech/source", Generation.of(1, 7), run);
        return nodes.one
                .ingest
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
    void peerApiNeverForwardsAndWantsAnEpoch() {
        ObjectKey theirs = nodes.keyOf("n1", "x");
        String url = nodes.two.ingest.peerUrl() + "/node/v1/objects/" + theirs;
        var reply = Http.get(url, "Landfall-Epoch: 1", PEER);
        assertThat(reply.status()).isEqualTo(421);
        assertThat(reply.code()).isEqualTo("NotOwner");
        assertThat(reply.header("Landfall-Map-Version")).isEqualTo("1");
        assertThat(Http.get(url, PEER).code()).isEqualTo("InvalidArgument");
        assertThat(Http.get(nodes.two.ingest.peerUrl() + "/api/v1/buckets", PEER)
                        .code())
                .isEqualTo("NoSuchRoute");
        assertThat(Http.get(nodes.two.url("/node/v1/objects/" + theirs)).code()).isEqualTo("NoSuchRoute");
    }

    @Test
    void peerDoorIsForNodes() {
        var reply = Http.get(nodes.two.ingest.peerUrl() + "/node/v1/seen?offset=0");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).contains("Landfall-Peer");
        assertThat(Http.get(nodes.two.ingest.peerUrl() + "/node/v1/seen?offset=0", PEER, "Origin: http://evil.example")
                        .status())
                .isEqualTo(400);
        assertThat(Http.get(nodes.two.ingest.peerUrl() + "/node/v1/seen?offset=0", PEER)
                        .status())
                .isEqualTo(200);
    }
}
