package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for one disk while another one does not answer; connections share I/O threads whatever they ask for. */
class StalledDiskTest {
    private static final String OBJECTS = "/api/v1/objects/speech/";
    /** As many as may wait on workers and leave some for the rest. */
    private static final int STUCK = 12;

    private static final int OTHERS = 40;

    @TempDir
    Path one;

    @TempDir
    Path two;

    @Test
    void aDiskThatHasStalledBeforeHoldsUpNobodyWhoWantsAnother() throws Exception {
        ObjectStore real = LocalStore.open(
                new LocalStore.Config("n1", List.of(one, two), TestNode.PARTITIONS, TimeSource.system()));
        var disk = new StalledDisk(real);
        var state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1"));
        try (TestNode node = TestNode.start(new FakeCluster(state, "n1"), disk.store())) {
            assertThat(Http.put(node.url("/api/v1/buckets/speech"), "{\"durability\":\"os\"}")
                            .status())
                    .isEqualTo(200);
            String slow = "slow";
            Path stalled = mountpath(real, slow);
            String quick = "quick";
            for (int i = 0; mountpath(real, quick).equals(stalled); i++) {
                quick = "quick" + i;
            }
            assertThat(Http.put(node.url(OBJECTS + slow), "hello").status()).isEqualTo(200);
            assertThat(Http.put(node.url(OBJECTS + quick), "world").status()).isEqualTo(200);

            // An I/O thread finds out.
            disk.stall(stalled);
            try (Socket first = ask(node, slow)) {
                await().until(() -> disk.waiting() == 1);
                TimeSource.system().sleep(Duration.ofMillis(600)); // more than a disk that is well adds up to
                disk.answer();
                assertThat(Http.read(first.getInputStream(), false).text()).isEqualTo("hello");
            }

            disk.stall(stalled);
            List<Socket> stuck = new ArrayList<>();
            try {
                for (int i = 0; i < STUCK; i++) {
                    stuck.add(ask(node, slow));
                }
                await().until(() -> disk.waiting() == STUCK);
                for (int i = 0; i < OTHERS; i++) {
                    assertThat(Http.put(node.url(OBJECTS + quick), "world " + i).status())
                            .isEqualTo(200);
                    assertThat(Http.get(node.url(OBJECTS + quick)).text()).isEqualTo("world " + i);
                }
                assertThat(disk.waiting()).isEqualTo(STUCK);
                disk.answer();
                for (Socket socket : stuck) {
                    assertThat(Http.read(socket.getInputStream(), false).text()).isEqualTo("hello");
                }
            } finally {
                disk.answer();
                for (Socket socket : stuck) {
                    socket.close();
                }
            }
        }
    }

    private static Path mountpath(ObjectStore store, String name) {
        return store.mountpathOf(ObjectKey.of("speech", name));
    }

    private static Socket ask(TestNode node, String name) throws IOException {
        Socket socket = Http.connect(URI.create(node.url("")));
        socket.getOutputStream()
                .write(("GET " + OBJECTS + name + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
