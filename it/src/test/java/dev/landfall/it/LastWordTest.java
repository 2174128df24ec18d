package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many changes of one key while S3 is slow, stalls or loses replies: S3 ends at the last word and nothing comes back. */
@OnSharedCluster
class LastWordTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int KEYS = 8;

    private static TestCluster cluster;
    private static Api api;
    private static S3Side s3;

    @BeforeAll
    static void start(TestCluster shared) {
        cluster = shared;
        api = cluster.api(0);
        s3 = cluster.s3().withBucket("remote");
        api.asyncBucket("words", "s3://remote/words");
    }

    @AfterAll
    static void stop() {
        s3.close();
    }

    @AfterEach
    void heal() {
        cluster.s3Faults().set(FaultProxy.NONE);
    }

    @Test
    void putOverwriteDeletePutEndsAtTheLastPut() {
        cluster.s3Faults().set(new FaultProxy.Delay(Duration.ofMillis(60)));
        for (int i = 0; i < KEYS; i++) {
            api.put("words", "pudp/" + i, Bytes.random(i, 900)).expect(200);
            api.put("words", "pudp/" + i, Bytes.random(100 + i, 1_000)).expect(200);
            api.delete("words", "pudp/" + i).expect(204);
            api.put("words", "pudp/" + i, Bytes.random(200 + i, 1_100)).expect(200);
        }
        api.flush("words", SOON);
        Map<String, String> etags = s3.etags("remote", "words/pudp/");
        for (int i = 0; i < KEYS; i++) {
            byte[] last = Bytes.random(200 + i, 1_100);
            assertThat(api.get("words", "pudp/" + i).expect(200).body()).isEqualTo(last);
            assertThat(etags).containsEntry("words/pudp/" + i, Bytes.md5(last));
        }
    }

    @Test
    void putDeleteEndsWithoutTheObject() {
        cluster.s3Faults().set(new FaultProxy.Delay(Duration.ofMillis(60)));
        for (int i = 0; i < KEYS; i++) {
            api.put("words", "pd/" + i, Bytes.random(i, 900)).expect(200);
            api.delete("words", "pd/" + i).expect(204);
        }
        api.flush("words", SOON);
        assertThat(s3.etags("remote", "words/pd/")).isEmpty();
        assertThat(api.list("words", "pd/")).isEmpty();
    }

    @Test
    void aDeletedObjectIsGoneWhileS3StillHasIt() {
        api.put("words", "deleted", Bytes.random(1, 2_000)).expect(200);
        api.flush("words", SOON);
        assertThat(s3.has("remote", "words/deleted")).isTrue();

        cluster.s3Faults().set(new FaultProxy.Stall());
        api.delete("words", "deleted").expect(204);

        for (int node = 0; node < cluster.size(); node++) {
            assertThat(cluster.api(node).get("words", "deleted").status()).isEqualTo(404);
            assertThat(cluster.api(node).head("words", "deleted").status()).isEqualTo(404);
            assertThat(cluster.api(node).list("words", "deleted")).isEmpty();
        }
        assertThat(s3.has("remote", "words/deleted")).as("S3 still has it").isTrue();
        cluster.s3Faults().set(FaultProxy.NONE);
        api.flush("words", SOON);
        assertThat(s3.has("remote", "words/deleted")).isFalse();
        api.get("words", "deleted").expect(404);
    }

    @Test
    void s3NeverGoesBackToAnOlderVersion() throws Exception {
        cluster.s3Faults().set(new FaultProxy.Delay(Duration.ofMillis(5)));
        List<String> versions = new ArrayList<>();
        for (int v = 0; v < 40; v++) {
            versions.add(Bytes.md5(Bytes.random(1_000 + v, 700)));
        }
        AtomicBoolean done = new AtomicBoolean();
        List<Integer> seen = new ArrayList<>();
        try (var watcher = Executors.newSingleThreadExecutor()) {
            Future<?> watching = watcher.submit(() -> {
                while (!done.get()) {
                    byte[] shown = s3.bytesOrNull("remote", "words/growing");
                    if (shown != null) {
                        seen.add(versions.indexOf(Bytes.md5(shown)));
                    }
                }
            });
            try {
                for (int v = 0; v < versions.size(); v++) {
                    api.put("words", "growing", Bytes.random(1_000 + v, 700)).expect(200);
                }
                api.flush("words", SOON);
            } finally {
                done.set(true);
                watching.get();
            }
        }
        assertThat(seen).as("versions that S3 showed, in time").isSorted().isNotEmpty();
        assertThat(s3.etags("remote", "words/growing")).containsValue(versions.getLast());
    }

    @Test
    void repliesOfS3ThatAreLostAreSettled() {
        cluster.s3Faults().set(new FaultProxy.LoseReply());
        for (int i = 0; i < KEYS; i++) {
            api.put("words", "lost/" + i, Bytes.random(i, 900)).expect(200);
        }
        await("some PUT has reached S3, unanswered")
                .atMost(SOON)
                .until(() -> !s3.etags("remote", "words/lost/").isEmpty());
        for (int i = 0; i < KEYS; i++) {
            if (i % 2 == 0) {
                api.delete("words", "lost/" + i).expect(204);
            } else {
                api.put("words", "lost/" + i, Bytes.random(50 + i, 950)).expect(200);
            }
        }
        cluster.s3Faults().set(FaultProxy.NONE);
        api.flush("words", SOON);
        Map<String, String> etags = s3.etags("remote", "words/lost/");
        for (int i = 0; i < KEYS; i++) {
            if (i % 2 == 0) {
                assertThat(etags).doesNotContainKey("words/lost/" + i);
            } else {
                assertThat(etags).containsEntry("words/lost/" + i, Bytes.md5(Bytes.random(50 + i, 950)));
            }
        }
    }
}
