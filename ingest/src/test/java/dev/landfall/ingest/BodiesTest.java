package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies and headers as they travel: in chunks, cut off, too large. */
@ResourceLock(SharedNode.LOCK)
class BodiesTest {
    @RegisterExtension
    final SharedNode shared = new SharedNode();

    private String at(String name) {
        return shared.at(name);
    }

    @Test
    void chunkedBodyIsStored() {
        var reply = raw("PUT /api/v1/objects/" + shared.bucket()
                + "/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(Http.get(at("x")).text()).isEqualTo("hello world");
    }

    @Test
    void anObjectInPartsIsSentWholeAndInRangesOverItsFiles() {
        byte[] whole = random((10 << 20) + 200_000);
        var key = dev.landfall.model.ObjectKey.of(shared.bucket(), "parts");
        var uploads = shared.node().tiered.uploads();
        var upload = uploads.create(key, dev.landfall.writeback.PutRequest.ofLength(-1));
        var parts = new java.util.ArrayList<dev.landfall.writeback.CompletedPart>();
        for (int from = 0; from < whole.length; from += 5 << 20) {
            int length = Math.min(5 << 20, whole.length - from);
            try (var part = uploads.uploadPart(key, upload.id(), parts.size() + 1, length)) {
                part.write(java.nio.ByteBuffer.wrap(whole, from, length));
                parts.add(new dev.landfall.writeback.CompletedPart(
                        parts.size() + 1, part.commit("e" + from).etag()));
            }
        }
        uploads.complete(key, upload.id(), parts, dev.landfall.targets.Condition.ALWAYS, null);

        assertThat(Http.get(at("parts")).body()).isEqualTo(whole);
        for (int[] range : new int[][] {{0, 0}, {5 << 20, (5 << 20) + 9}, {(5 << 20) - 70_000, (10 << 20) + 100}}) {
            var got = Http.get(at("parts"), "Range: bytes=" + range[0] + "-" + range[1]);
            assertThat(got.status()).isEqualTo(206);
            assertThat(got.body()).isEqualTo(java.util.Arrays.copyOfRange(whole, range[0], range[1] + 1));
        }
    }

    @Test
    void continueIsSentOnlyWhenTheBodyIsWanted() throws IOException {
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
            var head =
                    "PUT /api/v1/objects/%s/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
            socket.getOutputStream().write(head.formatted(shared.bucket()).getBytes(StandardCharsets.US_ASCII));
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
        Set<Path> before = shared.files();
        long depth = shared.node().store.outboxDepth();
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
            socket.getOutputStream()
                    .write(("PUT /api/v1/objects/" + shared.bucket()
                                    + "/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(random(300_000));
            await().until(() -> !before.containsAll(shared.files()));
        }
        await().untilAsserted(() -> assertThat(before).containsAll(shared.files()));
        assertThat(shared.node().store.outboxDepth()).isEqualTo(depth);
        assertThat(Http.get(at("x")).status()).isEqualTo(404);
    }

    @Test
    void bodyThatEndsEarlyIsAnswered() throws IOException {
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
            socket.getOutputStream()
                    .write(("PUT /api/v1/objects/" + shared.bucket()
                                    + "/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            var reply = Http.read(socket.getInputStream(), false);
            assertThat(reply.code()).isEqualTo("IncompleteBody");
        }
    }

    @Test
    void tooLargeBodyIsRefusedWithoutReadingIt() {
        var reply = raw("PUT /api/v1/objects/" + shared.bucket()
                + "/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.code()).isEqualTo("EntityTooLarge");
    }

    @Test
    void clientReadsTheRefusalOfABodyItIsStillSending() {
        var reply = Http.put(shared.url("/api/v1/objects/no-such-bucket/x"), random(4 << 20));
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

    private Http.Reply raw(String request) {
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
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
}
