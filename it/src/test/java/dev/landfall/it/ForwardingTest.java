package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests at a node that does not own the key: their bytes take one hop, over the owner's peer port. */
@OnSharedCluster
class ForwardingTest {
    private static final int SIZE = 3 << 20;

    private static TestCluster cluster;

    @BeforeAll
    static void start(TestCluster shared) {
        cluster = shared;
        cluster.api(0).bucket("forwarding", "{}");
    }

    @Test
    void aPutThroughAnotherNodeMovesItsBytesOverTheOwnersPeerPort() {
        String name = cluster.nameOwnedBy(1, "forwarding", "forwarded");
        byte[] body = Bytes.random(1, SIZE);
        long toOwner = cluster.peer(1).bytesToServer();
        long toThird = cluster.peer(2).bytesToServer();

        cluster.api(0).put("forwarding", name, body).expect(200);

        assertThat(cluster.peer(1).bytesToServer() - toOwner).isBetween((long) SIZE, SIZE + 64L * 1024);
        assertThat(cluster.peer(2).bytesToServer() - toThird).isLessThan(64 * 1024);

        long fromOwner = cluster.peer(1).bytesToClient();
        assertThat(cluster.api(2).get("forwarding", name).expect(200).body()).isEqualTo(body);
        assertThat(cluster.peer(1).bytesToClient() - fromOwner).isBetween((long) SIZE, SIZE + 64L * 1024);
    }

    @Test
    void aPutAtTheOwnerTakesNoHop() {
        String name = cluster.nameOwnedBy(2, "forwarding", "direct");
        long before = cluster.peer(2).bytesToServer();
        cluster.api(2).put("forwarding", name, Bytes.random(2, SIZE)).expect(200);
        assertThat(cluster.peer(2).bytesToServer() - before).isLessThan(64 * 1024);
    }

    @Test
    void aDeadOwnersKeysAreUnavailableAndTheOthersGoOn() {
        String dead = cluster.nameOwnedBy(1, "forwarding", "dead");
        String alive = cluster.nameOwnedBy(2, "forwarding", "alive");
        byte[] body = Bytes.random(3, 10_000);
        cluster.api(0).put("forwarding", dead, body).expect(200);

        cluster.kill9(1);

        Api.Reply refused = cluster.api(0).put("forwarding", dead, new byte[10]);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("OwnerUnavailable");
        assertThat(cluster.api(0).get("forwarding", dead).status()).isEqualTo(503);
        cluster.api(0).put("forwarding", alive, body).expect(200);
        cluster.restart(1);
        cluster.awaitDecisions();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(cluster.api(0)
                                .get("forwarding", dead)
                                .expect(200)
                                .body())
                        .isEqualTo(body));
    }

    @Test
    void aConnectionThatBreaksOnTheWayToTheOwnerLeavesNothing() {
        String name = cluster.nameOwnedBy(1, "forwarding", "cut");
        cluster.peer(1).set(new FaultProxy.CutAfter(SIZE / 2));
        try {
            assertThat(cluster.api(0)
                            .put("forwarding", name, Bytes.random(4, SIZE))
                            .status())
                    .as("unavailable, or not known")
                    .isIn(503, 504);
        } finally {
            cluster.peer(1).set(FaultProxy.NONE);
        }
        assertThat(cluster.api(1).get("forwarding", name).status()).isEqualTo(404);
        cluster.api(0).put("forwarding", name, Bytes.random(5, 100)).expect(200);
    }
}
