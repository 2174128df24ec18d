package dev.landfall.ingest;

import static dev.landfall.ingest.TwoNodes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.ObjectKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that do not see the same cluster, and how they come to agree. */
class ViewsApartTest {
    @TempDir
    Path directory;

    private TwoNodes nodes;

    @BeforeEach
    void start() {
        nodes = new TwoNodes(directory);
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void nodeThatIsNotTheOwnerIsAskedOnceMoreAfterTheViewsAgree() throws Exception {
        ObjectKey key = nodes.keyOf("n2", "x");
        nodes.one.cluster.frozen = true;
        List<ClusterMap.Ownership> owners = new ArrayList<>();
        nodes.state
                .view()
                .requireMap()
                .owners()
                .forEach(o -> owners.add(new ClusterMap.Ownership(o.node(), o.epoch() + 1)));
        nodes.state.change(FakeCluster.map(new ClusterMap(2, owners)));
        Thread later = Thread.ofVirtual().start(() -> {
            await().until(() -> nodes.two
                            .metrics
                            .find("landfall.http.requests")
                            .tag("status", "421")
                            .timer()
                    != null);
            nodes.one.cluster.thaw();
        });
        var reply = Http.put(nodes.one.url(path(key)), "hello");
        later.join();
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(nodes.two.store.lookup(key).orElseThrow().generation().epoch())
                .isEqualTo(2);
    }

    @Test
    void aNodeWhoseStoreWasReplacedServesNothingAndDoesNotTakeItsPlaceBack() {
        // given
        ObjectKey key = nodes.keyOf("n2", "x");
        assertThat(Http.put(nodes.two.url(path(key)), "outdated soon").status()).isEqualTo(200);
        NodeInfo before = nodes.state.view().nodes().get("n2");

        // when
        var newer = new NodeInfo("n2", before.http(), before.peer(), "newer", List.of(before.storeId()));
        nodes.state.change(FakeCluster.nodes(all -> all.put("n2", newer)));

        // then
        await().during(Duration.ofMillis(200))
                .until(() -> newer.equals(nodes.state.view().nodes().get("n2")));
        assertThat(nodes.two.ingest.notReady())
                .contains(before.storeId(), "newer", "start n2 on the directory with the newer store");
        assertThat(nodes.two.store.assigned()).isEmpty();
        assertThat(Http.get(nodes.two.url("/health/ready")).status()).isEqualTo(503);
        assertThat(Http.get(nodes.two.url(path(key))).status()).isEqualTo(503);
        assertThat(Http.get(nodes.one.url(path(key))).status()).isEqualTo(503);
    }

    @Test
    void aMapThatNeverAgreesEndsIn503() {
        ObjectKey key = nodes.keyOf("n2", "x");
        nodes.two.cluster.frozen = true;
        List<ClusterMap.Ownership> owners = new ArrayList<>();
        nodes.state
                .view()
                .requireMap()
                .owners()
                .forEach(o -> owners.add(new ClusterMap.Ownership(o.node(), o.epoch() + 1)));
        nodes.state.change(FakeCluster.map(new ClusterMap(2, owners)));
        var reply = Http.put(nodes.one.url(path(key)), "hello");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("OwnerUnavailable");
    }

    @Test
    void commandsReachTheCoordinatorAndAreSeenOnReturn() {
        nodes.two.ingest.router().submit(new ClusterCommand.CreateBucket(new BucketName("other"), BucketSpec.local()));
        assertThat(nodes.two.cluster.view().buckets()).containsKey("other");
        assertThatThrownBy(() -> nodes.two
                        .ingest
                        .router()
                        .submit(new ClusterCommand.CreateBucket(
                                new BucketName("other"), new BucketSpec(null, dev.landfall.model.Durability.OS, null))))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUCKET_EXISTS));
    }

    @Test
    void withoutTheLogNothingIsDecided() {
        nodes.one.cluster.logIsAway = true;
        assertThat(Http.put(nodes.two.url("/api/v1/buckets/other"), "{}").code())
                .isEqualTo("ClusterUnavailable");
    }

    @Test
    void bucketIsKnownToEveryNodeOnceItIsCreated() throws Exception {
        nodes.one.cluster.frozen = true;
        Thread later = Thread.ofVirtual().start(() -> {
            await().until(() -> nodes.state.view().buckets().containsKey("other"));
            nodes.one.cluster.thaw();
        });
        // decided by the other node: this one only hears of it
        nodes.state.change(v ->
                new dev.landfall.model.ClusterView(0, v.map(), "n2", v.nodes(), v.buckets(), v.topologies(), v.jobs()));
        assertThat(Http.put(nodes.two.url("/api/v1/buckets/other"), "{}").status())
                .isEqualTo(200);
        assertThat(nodes.one.cluster.view().buckets()).containsKey("other");
        later.join();
    }
}
