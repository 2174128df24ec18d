package dev.landfall.ingest.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerClientTest {
    @Test
    void nodeWithTooManyRequestsInFlightIsBusyAndNotAway() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var peers = new PeerClient("1", 1)) {
            var node = new NodeInfo("n2", "", "http://127.0.0.1:" + server.getLocalPort(), "s");
            Thread first = Thread.ofVirtual().start(() -> {
                try (var reply = send(peers, node)) {
                    reply.status();
                } catch (LandfallException e) {
                    // its end
                }
            });
            try (Socket held = server.accept()) {
                assertThatThrownBy(() -> send(peers, node)).isInstanceOfSatisfying(LandfallException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BUSY);
                    assertThat(e.retryAfter()).isPositive();
                });
                assertThat(held.isClosed()).isFalse();
            }
            server.close();
            first.join();
        }
    }

    private static PeerReply send(PeerClient peers, NodeInfo node) {
        return peers.send(node, "DELETE", "/node/v1/objects/b/x", Map.of(), null, false, Duration.ofSeconds(30));
    }
}
