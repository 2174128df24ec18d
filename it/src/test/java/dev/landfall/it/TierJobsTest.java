package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Jobs that move data between the disks and S3, over all nodes, one of them killed in the middle. */
@OnSharedCluster
class TierJobsTest {
    private static final int OBJECTS = 150;
    private static final int SIZE = 2_000;

    @Test
    void whatIsEvictedIsOnS3AndComesBackThoughANodeIsKilled(TestCluster cluster) {
        Api api = cluster.api(0).asyncBucket("tier", "s3://remote/tier");
        List<String> names =
                IntStream.range(0, OBJECTS).mapToObj("o/%04d"::formatted).toList();
        for (int i = 0; i < OBJECTS; i++) {
            api.put("tier", names.get(i), Bytes.random(i, SIZE)).expect(200);
        }
        Jobs.awaitDone(api, Jobs.submit(api, job("flush")));

        JsonNode evicted = Jobs.awaitDone(api, Jobs.submit(api, job("evict")));

        assertThat(evicted.path("objects").asInt()).isEqualTo(OBJECTS);
        assertThat(evicted.path("bytes").asLong()).isEqualTo((long) OBJECTS * SIZE);
        assertThat(api.list("tier", "")).isEmpty();
        assertThat(api.get("tier", names.getFirst()).expect(200).body()).isEqualTo(Bytes.random(0, SIZE));

        String id = Jobs.submit(api, job("prefetch"));
        cluster.kill9(1);
        cluster.restart(1);
        cluster.awaitDecisions();
        Jobs.awaitDone(api, id);

        assertThat(api.list("tier", "")).isEqualTo(names);
        for (int i = 0; i < OBJECTS; i++) {
            assertThat(api.get("tier", names.get(i)).expect(200).body()).isEqualTo(Bytes.random(i, SIZE));
        }
    }

    @Test
    void aBucketIsCopiedFromOwnersToOwnersAndOnlyWhatChangedIsCopiedAgain(TestCluster cluster) {
        Api api = cluster.api(0).bucket("copied", "{}").bucket("copies", "{}");
        for (int i = 0; i < 40; i++) {
            api.put("copied", "o" + i, Bytes.random(i, SIZE + i), "Content-Type", "text/x-test")
                    .expect(200);
        }
        String copy = "{\"kind\":\"copy\",\"bucket\":\"copied\",\"to\":\"copies\"}";

        JsonNode first = Jobs.awaitDone(api, Jobs.submit(api, copy));

        assertThat(first.path("objects").asInt()).isEqualTo(40);
        for (int i = 0; i < 40; i++) {
            Api.Reply reply = api.get("copies", "o" + i).expect(200);
            assertThat(reply.body()).isEqualTo(Bytes.random(i, SIZE + i));
            assertThat(reply.header("Content-Type")).isEqualTo("text/x-test");
        }
        api.put("copied", "o7", Bytes.random(99, SIZE)).expect(200);
        JsonNode second = Jobs.awaitDone(api, Jobs.submit(api, copy));
        assertThat(second.path("objects").asInt()).isEqualTo(1);
        assertThat(second.path("skipped").asInt()).isEqualTo(39);
        assertThat(api.get("copies", "o7").expect(200).body()).isEqualTo(Bytes.random(99, SIZE));
    }

    private static String job(String kind) {
        return "{\"kind\":\"" + kind + "\",\"bucket\":\"tier\"}";
    }
}
