package dev.landfall.ingest;

import static dev.landfall.ingest.TwoNodes.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.Condition;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What S3 refused for good says why, whichever node is asked. */
class ParkedTest {
    private static final String REASON = "S3 answered 403 \u2013 AccessDenied\r\nX-Evil: 1";
    private static final String SAID = "S3 answered 403 ? AccessDenied??X-Evil: 1";

    @TempDir
    Path directory;

    private TwoNodes nodes;
    private ObjectKey key;

    @BeforeEach
    void start() {
        nodes = new TwoNodes(directory);
        key = nodes.keyOf("n2", "parked");
        park(nodes.two, key, REASON);
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    private static void park(TestNode node, ObjectKey key, String reason) {
        node.tiered.close(); // a node that has just got its partitions tries again what was parked
        BodyWriter body = node.store.newBody(key, 1);
        body.write(ByteBuffer.wrap(new byte[1]));
        var put = new Change.Put(
                key,
                body,
                null,
                Map.of(),
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                Durability.OS,
                true,
                true,
                Condition.ALWAYS,
                null,
                null,
                null,
                null);
        var committed = (CommitResult.Committed) node.store.commit(put).join();
        var park = new Change.Park(key, committed.record().generation(), reason);
        assertThat(node.store.commit(park).join()).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void theReasonIsInRepliesAndListingsOfEveryNode() {
        for (TestNode node : new TestNode[] {nodes.one, nodes.two}) {
            for (String method : new String[] {"HEAD", "GET"}) {
                var reply = Http.send(node.url(path(key)), method, null);
                assertThat(reply.header("Landfall-State")).isEqualTo("parked");
                assertThat(reply.header("Landfall-Parked")).isEqualTo(SAID);
                assertThat(reply.header("X-Evil")).isNull();
            }
            JsonNode listed =
                    Http.get(node.url("/api/v1/objects/speech")).json().at("/objects/0");
            assertThat(listed.path("parked").asText()).isEqualTo(SAID);
        }
        ObjectKey fine = nodes.keyOf("n1", "fine");
        Http.put(nodes.one.url(path(fine)), "x");
        var reply = Http.get(nodes.two.url(path(fine)));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Landfall-Parked")).isNull();
    }

    @Test
    void longReasonsAreCut() {
        ObjectKey other = nodes.keyOf("n2", "long");
        park(nodes.two, other, "x".repeat(10_000));
        assertThat(Http.send(nodes.one.url(path(other)), "HEAD", null).header("Landfall-Parked"))
                .isEqualTo("x".repeat(300));
    }

    @Test
    void flushDoesNotWaitForWhatIsParkedAndNamesIt() {
        park(nodes.one, nodes.keyOf("n1", "other"), "S3 answered 400");
        long began = System.nanoTime();
        JsonNode flushed = Http.send(nodes.one.url("/api/v1/buckets/speech/flush?timeout=300s"), "POST", new byte[0])
                .json();
        assertThat(System.nanoTime() - began).isLessThan(100_000_000_000L);
        assertThat(flushed.path("clean").asBoolean(true)).isFalse();
        assertThat(flushed.at("/dirty/parked").asInt()).isEqualTo(2);
        assertThat(flushed.path("parked")).hasSize(2);
        assertThat(flushed.at("/parked/0/reason").asText()).isEqualTo("S3 answered 400");
        assertThat(flushed.at("/parked/1/name").asText()).isEqualTo(key.name());
        assertThat(flushed.at("/parked/1/reason").asText()).isEqualTo(SAID);
        assertThat(Http.get(nodes.two.url("/api/v1/buckets/speech")).json().path("parked"))
                .isEqualTo(flushed.path("parked"));
    }
}
