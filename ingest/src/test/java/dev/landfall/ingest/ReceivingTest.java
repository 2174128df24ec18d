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
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that I/O threads receive: committed there ({@code os}) or by a worker ({@code fsync}). */
class ReceivingTest {
    private static final int SIZE = 3 << 20;

    @RegisterExtension
    final SharedNode shared = new SharedNode();

    private String bucket(String durability) {
        String bucket = shared.bucket() + "-" + durability;
        var made = Http.put(shared.url("/api/v1/buckets/" + bucket), "{\"durability\":\"" + durability + "\"}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return "/api/v1/objects/" + bucket + "/";
    }

    @ParameterizedTest
    @ValueSource(strings = {"os", "fsync"})
    void aBodyThatComesInPiecesHoldsUpNobody(String durability) throws IOException {
        String objects = bucket(durability);
        byte[] body = random(SIZE);
        try (Socket slow = Http.connect(URI.create(shared.url("")))) {
            send(slow, objects + "slow", SIZE);
            slow.getOutputStream().write(body, 0, SIZE / 2);
            for (int i = 0; i < 40; i++) {
                assertThat(Http.put(shared.url(objects + "other"), "other " + i).status())
                        .isEqualTo(200);
                assertThat(Http.get(shared.url(objects + "other")).text()).isEqualTo("other " + i);
            }
            assertThat(Http.get(shared.url(objects + "slow")).status()).isEqualTo(404);
            slow.getOutputStream().write(body, SIZE / 2, SIZE / 2);
            assertThat(Http.read(slow.getInputStream(), false).status()).isEqualTo(200);
        }
        assertThat(Http.get(shared.url(objects + "slow")).body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"os", "fsync"})
    void theConnectionGoesOnAfterAPut(String durability) throws IOException {
        String objects = bucket(durability);
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
            for (int i = 0; i < 20; i++) {
                byte[] body = random(i * 20_000);
                send(socket, objects + "x", body.length);
                socket.getOutputStream().write(body);
                assertThat(Http.read(socket.getInputStream(), false).status()).isEqualTo(200);
                socket.getOutputStream().write(head("GET", objects + "x", ""));
                assertThat(Http.read(socket.getInputStream(), false).body()).isEqualTo(body);
            }
            send(socket, objects + "x", 5, "If-None-Match: *");
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(Http.read(socket.getInputStream(), false).code()).isEqualTo("PreconditionFailed");
            socket.getOutputStream().write(head("HEAD", objects + "x", ""));
            assertThat(Http.read(socket.getInputStream(), true).header("Content-Length"))
                    .isEqualTo("380000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"os", "fsync"})
    void aBodyThatIsNotWhatItsChecksumSaysLeavesNothing(String durability) {
        String objects = bucket(durability);
        Set<Path> before = shared.files();
        var reply = Http.put(shared.url(objects + "x"), random(SIZE), "x-amz-checksum-crc32c: AAAAAA==");
        assertThat(reply.code()).isEqualTo("BadDigest");
        assertThat(Http.get(shared.url(objects + "x")).status()).isEqualTo(404);
        await().untilAsserted(() -> assertThat(before).containsAll(shared.files()));
    }

    private static void send(Socket socket, String path, int length, String... headers) throws IOException {
        String more = "Content-Length: " + length + "\r\n" + (headers.length == 0 ? "" : headers[0] + "\r\n");
        socket.getOutputStream().write(head("PUT", path, more));
    }

    private static byte[] head(String method, String path, String more) {
        return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
