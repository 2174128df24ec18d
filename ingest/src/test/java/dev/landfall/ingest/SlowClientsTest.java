package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.ingest.http.Limits;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send a byte now and then, or nothing any more: each is given up, and none of them holds up anybody else. */
class SlowClientsTest {
    private static final int MANY = 200;
    /** Between two bytes of a slow client. */
    private static final int PAUSE_MILLIS = 20;

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        var cluster = new FakeCluster(new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1")), "n1");
        var limits = new Limits(4, 64, 32 << 10, 64 << 20, Duration.ofMillis(700), 2000);
        node = TestNode.create(cluster, directory, TestNode.NO_KAFKA, limits, 1_000_000, List.of())
                .started();
        assertThat(Http.put(node.url("/api/v1/buckets/slow"), "{}").status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Socket open(String begin) throws IOException {
        Socket socket = Http.connect(URI.create(node.url("")));
        socket.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String put(String more) {
        return "PUT /api/v1/objects/slow/x HTTP/1.1\r\nHost: localhost\r\n" + more;
    }

    /** Sends a byte after every pause until the server answers or hangs up; what it answered. */
    private static String dribble(Socket socket) throws IOException {
        socket.setSoTimeout(PAUSE_MILLIS);
        var answer = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            try {
                int c = socket.getInputStream().read();
                if (c < 0) {
                    return answer.toString();
                }
                answer.append((char) c);
                continue;
            } catch (SocketTimeoutException e) {
                // nothing yet
            } catch (SocketException e) {
                return answer.toString();
            }
            try {
                socket.getOutputStream().write('a');
            } catch (SocketException e) {
                // it has hung up: what it said comes next
            }
        }
        throw new AssertionError("The server is still listening: " + answer);
    }

    @Test
    void aHeadThatNeverEndsIsGivenUp() throws IOException {
        try (Socket socket = open(put("X: "))) {
            assertThat(dribble(socket)).doesNotContain("200");
        }
    }

    @Test
    void aBodyThatComesTooSlowlyIsGivenUp() throws IOException {
        for (String length :
                List.of("Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nf4240\r\n")) {
            try (Socket socket = open(put(length))) {
                assertThat(dribble(socket)).contains("408", "RequestTimeout");
            }
        }
        await().untilAsserted(() -> assertThat(TestNode.dataFiles(directory)).isEmpty());
        assertThat(node.store.outboxDepth()).isZero();
    }

    @Test
    void aSocketThatIsHalfClosedIsClosed() throws IOException {
        for (String begin : List.of("", "PU", put("X: y\r\n"), put("Content-Length: 100\r\n\r\nabc"))) {
            try (Socket socket = open(begin)) {
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .as(begin)
                        .doesNotContain("HTTP/1.1 200");
            }
        }
    }

    @Test
    void theyHoldUpNobody() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                slow.add(open(i % 2 == 0 ? "" : put("X: ")));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(Http.put(node.url("/api/v1/objects/slow/y"), "here").status())
                        .isEqualTo(200);
                assertThat(Http.get(node.url("/api/v1/objects/slow/y")).text()).isEqualTo("here");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}
