package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object much larger than the memory of the nodes that it passes. */
@Tag("long")
class LargeObjectTest {
    private static final long SIZE = 5L << 30;

    @TempDir
    private Path dir;

    @Test
    void fiveGibibytesPassThroughANodeThatDoesNotOwnThem() throws Exception {
        try (TestCluster cluster =
                TestCluster.start(dir, TestCluster.Options.USUAL.withJvm("-Xmx256m", "-XX:MaxDirectMemorySize=128m"))) {
            cluster.api(0).bucket("large", "{}");
            String name = cluster.nameOwnedBy(1, "large", "five-gib");
            URI door = cluster.api(0).base().resolve(Api.objectPath("large", name));
            long before = cluster.peer(1).bytesToServer();

            long start = System.nanoTime();
            Generated sent = new Generated();
            try (HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                HttpResponse<String> put = client.send(
                        HttpRequest.newBuilder(door)
                                .timeout(Duration.ofMinutes(6))
                                .PUT(HttpRequest.BodyPublishers.fromPublisher(
                                        HttpRequest.BodyPublishers.ofInputStream(() -> sent), SIZE))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
                System.out.printf("5 GiB through a non-owner: %.1f s%n", (System.nanoTime() - start) / 1e9);
                assertThat(cluster.peer(1).bytesToServer() - before).isGreaterThanOrEqualTo(SIZE);

                HttpResponse<InputStream> get = client.send(
                        HttpRequest.newBuilder(door)
                                .timeout(Duration.ofMinutes(6))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
                assertThat(get.statusCode()).isEqualTo(200);
                CRC32C received = new CRC32C();
                long length = 0;
                try (InputStream body = get.body()) {
                    byte[] chunk = new byte[256 << 10];
                    for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
                        received.update(chunk, 0, n);
                        length += n;
                    }
                }
                assertThat(length).isEqualTo(SIZE);
                assertThat(received.getValue()).isEqualTo(sent.checksum());
            }
            cluster.api(2).delete("large", name).expect(204);
        }
    }

    /** Bytes that do not compress and are never all in memory. */
    private static final class Generated extends InputStream {
        private final SplittableRandom random = new SplittableRandom(5);
        private final CRC32C checksum = new CRC32C();
        private final byte[] block = new byte[64 << 10];
        private int used = block.length;
        private long left = SIZE;

        long checksum() {
            return checksum.getValue();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            if (used == block.length) {
                random.nextBytes(block);
                used = 0;
            }
            int n = (int) Math.min(Math.min(length, block.length - used), left);
            System.arraycopy(block, used, target, offset, n);
            checksum.update(block, used, n);
            used += n;
            left -= n;
            return n;
        }
    }
}
