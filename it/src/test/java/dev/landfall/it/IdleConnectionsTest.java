package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand clients that hold a connection and say nothing, or not all of what they have to say. Needs {@code ulimit -n 12000}. */
@Tag("long")
class IdleConnectionsTest {
    private static final int MANY = 10_000;
    private static final String HALF = "GET /api/v1/cluster HTTP/1.1\r\nHost: l";

    @TempDir
    private Path dir;

    @Test
    void othersAreServedAndNothingStaysWhenTheyGo() throws Exception {
        try (DevProcess dev = DevProcess.start(dir.resolve("dev"))) {
            URI http = URI.create(dev.ready().path("http").asText());
            Api api = new Api(http);
            api.bucket("idle", "{}");
            api.put("idle", "x", Bytes.random(1, 1000)).expect(200);
            long pid = dev.pid();
            long descriptors = count(pid, "fd");
            long threads = count(pid, "task");
            List<SocketChannel> idle = new ArrayList<>();
            try {
                for (int i = 0; i < MANY; i++) {
                    idle.add(open(http));
                    if (i % 10 == 0) {
                        SocketChannel half = open(http);
                        half.write(ByteBuffer.wrap(HALF.getBytes(StandardCharsets.US_ASCII)));
                        idle.add(half);
                    }
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> count(pid, "fd") >= descriptors + MANY);
                for (int i = 0; i < 200; i++) {
                    api.put("idle", "y" + i, Bytes.random(i, 2000)).expect(200);
                    assertThat(api.get("idle", "y" + i).expect(200).body()).isEqualTo(Bytes.random(i, 2000));
                }
                assertThat(count(pid, "task")).as("threads").isLessThan(threads + 100);
            } finally {
                for (SocketChannel channel : idle) {
                    channel.close();
                }
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> count(pid, "fd") < descriptors + 100);
            api.get("idle", "x").expect(200);
        }
    }

    /** One that goes without a farewell. */
    private static SocketChannel open(URI server) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        return channel;
    }

    private static long count(long pid, String what) throws IOException {
        try (var entries = Files.list(Path.of("/proc/" + pid + "/" + what))) {
            return entries.count();
        }
    }
}
