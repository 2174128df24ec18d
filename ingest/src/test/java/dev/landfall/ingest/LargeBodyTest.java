package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.ingest.http.Limits;
import dev.landfall.model.ObjectKey;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LANDFALL_LARGE_MIB=5120 makes it as large as one wants. */
class LargeBodyTest {
    private static final long SIZE = Long.parseLong(System.getenv().getOrDefault("LANDFALL_LARGE_MIB", "64")) << 20;

    @TempDir
    Path directory;

    @Test
    void memoryDoesNotGrowWithTheBodyOnItsWayThroughAnotherNode() throws IOException {
        var state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n2"));
        try (var one = TestNode.create(
                        new FakeCluster(state, "n1"),
                        directory.resolve("n1"),
                        TestNode.NO_KAFKA,
                        Limits.DEFAULT,
                        100,
                        List.of());
                var two = TestNode.create(
                        new FakeCluster(state, "n2"),
                        directory.resolve("n2"),
                        TestNode.NO_KAFKA,
                        Limits.DEFAULT,
                        100,
                        List.of())) {
            one.started();
            two.started();
            Http.put(one.url("/api/v1/buckets/large"), "{\"durability\":\"os\"}");
            byte[] block = new byte[1 << 20];
            new Random(1).nextBytes(block);

            assertThat(put(one, block).status()).isEqualTo(200);

            var sent = new CRC32C();
            for (long left = SIZE; left > 0; left -= block.length) {
                sent.update(block);
            }
            assertThat(two.store
                            .lookup(ObjectKey.of("large", "x"))
                            .orElseThrow()
                            .crc32c())
                    .isEqualTo((int) sent.getValue());
            assertThat(crcOfGet(one)).isEqualTo(sent.getValue());
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getTotalCapacity)
                    .sum();
            assertThat(direct).isLessThan(48 << 20);
        }
    }

    private static Http.Reply put(TestNode node, byte[] block) throws IOException {
        try (Socket socket = Http.connect(URI.create(node.url("")))) {
            socket.setSoTimeout(0);
            socket.getOutputStream()
                    .write(("PUT /api/v1/objects/large/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + SIZE
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            for (long left = SIZE; left > 0; left -= block.length) {
                socket.getOutputStream().write(block);
            }
            return Http.read(socket.getInputStream(), false);
        }
    }

    private static long crcOfGet(TestNode node) throws IOException {
        try (Socket socket = Http.connect(URI.create(node.url("")))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write("GET /api/v1/objects/large/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            assertThat(Http.read(in, true).header("Content-Length")).isEqualTo(Long.toString(SIZE));
            var crc = new CRC32C();
            byte[] chunk = new byte[1 << 16];
            for (int n; (n = in.read(chunk)) >= 0; ) {
                crc.update(chunk, 0, n);
            }
            return crc.getValue();
        }
    }
}
