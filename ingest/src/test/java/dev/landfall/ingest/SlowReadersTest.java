package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.targets.StoreInspector;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Readers that do not take what they asked for, on the I/O threads that others share. */
@ResourceLock(SharedNode.LOCK)
class SlowReadersTest {
    private static final int SIZE = 24 << 20;

    @RegisterExtension
    final SharedNode shared = new SharedNode();

    @Test
    void slowReaderHoldsUpNobodyAndGetsTheObjectThatItAskedFor() throws IOException {
        byte[] old = random(1);
        Http.put(shared.at("big"), old);
        try (Socket slow = ask()) {
            assertThat(slow.getInputStream().read()).isEqualTo('H');
            Http.put(shared.at("big"), random(2));
            Http.put(shared.at("small"), "small");
            for (int i = 0; i < 100; i++) {
                assertThat(Http.get(shared.at("small")).body()).hasSize(5);
            }
            skip(slow, "\r\n\r\n");
            assertThat(slow.getInputStream().readNBytes(SIZE)).isEqualTo(old);
        }
        awaitNoReader();
    }

    @Test
    void readerThatHangsUpLetsGoOfTheFile() throws IOException {
        Http.put(shared.at("big"), random(3));
        try (Socket gone = ask()) {
            assertThat(gone.getInputStream().read()).isEqualTo('H');
        }
        awaitNoReader();
    }

    private Socket ask() throws IOException {
        Socket socket = Http.connect(URI.create(shared.url("")));
        socket.getOutputStream()
                .write(("GET /api/v1/objects/" + shared.bucket() + "/big HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void skip(Socket socket, String end) throws IOException {
        for (int matched = 0; matched < end.length(); ) {
            int c = socket.getInputStream().read();
            assertThat(c).isNotNegative();
            matched = c == end.charAt(matched) ? matched + 1 : c == end.charAt(0) ? 1 : 0;
        }
    }

    private void awaitNoReader() {
        await().untilAsserted(() ->
                assertThat(StoreInspector.counts(shared.node().store).readers()).isZero());
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
