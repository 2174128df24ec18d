package dev.landfall.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterCommand.ApplyTopology;
import dev.landfall.model.ClusterCommand.CancelJob;
import dev.landfall.model.ClusterCommand.CreateBucket;
import dev.landfall.model.ClusterCommand.CreateJob;
import dev.landfall.model.ClusterCommand.DeleteBucket;
import dev.landfall.model.ClusterCommand.DeleteTopology;
import dev.landfall.model.ClusterCommand.RegisterNode;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterMap.Ownership;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobItem;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.RemoteLocation;
import dev.landfall.model.TopologyRecord;
import dev.landfall.model.WritebackMode;
import dev.landfall.model.WritebackSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

    private final LogState state = new LogState();
    private long offset;

    @Test
    void theSameBucketTwiceIsNoChangeAndAnotherSpecIsRefused() {
        accept(new CreateBucket(name("photos"), BucketSpec.local()));

        assertThat(decide(new CreateBucket(name("photos"), BucketSpec.local())).changes())
                .isEmpty();
        refused(ErrorCode.BUCKET_EXISTS, new CreateBucket(name("photos"), remote("s3://remote/photos", null)));

        accept(new DeleteBucket(name("photos")));
        assertThat(view().buckets()).isEmpty();
        refused(ErrorCode.NO_SUCH_BUCKET, new DeleteBucket(name("photos")));
    }

    @Test
    void remotePrefixesOnOneEndpointMustNotOverlap() {
        accept(new CreateBucket(name("one"), remote("s3://remote/a/b", null)));

        refused(ErrorCode.REMOTE_OVERLAP, new CreateBucket(name("two"), remote("s3://remote/a", null)));
        refused(ErrorCode.REMOTE_OVERLAP, new CreateBucket(name("two"), remote("s3://remote/a/b/c", "default")));
        refused(ErrorCode.REMOTE_OVERLAP, new CreateBucket(name("two"), remote("s3://remote", null)));
        accept(new CreateBucket(name("elsewhere"), remote("s3://remote/a", "other")));
        accept(new CreateBucket(name("beside"), remote("s3://remote/a/bc", null)));
        accept(new CreateBucket(name("disk"), BucketSpec.local()));
        assertThat(view().buckets()).containsOnlyKeys("one", "elsewhere", "beside", "disk");
    }

    @Test
    void aTopologysVersionGrowsWithItsTextOnly() {
        accept(new ApplyTopology("speech", "a"));
        assertThat(decide(new ApplyTopology("speech", "a")).changes()).isEmpty();
        assertThat(decide(new ApplyTopology("speech", "b")).topology()).isEqualTo("speech");
        accept(new ApplyTopology("speech", "b"));
        assertThat(view().topologies()).containsEntry("speech", new TopologyRecord("speech", 2, "b"));

        accept(new DeleteTopology("speech"));
        refused(ErrorCode.NO_SUCH_TOPOLOGY, new DeleteTopology("speech"));
        refused(ErrorCode.INVALID_TOPOLOGY, new ApplyTopology("jobs", "a"));
        refused(ErrorCode.INVALID_TOPOLOGY, new ApplyTopology("a/b", "a"));
        refused(ErrorCode.ENTITY_TOO_LARGE, new ApplyTopology("huge", "x".repeat(Decisions.MAX_VALUE_BYTES)));
    }

    @Test
    void anotherStoreUnderANodesIdBeginsANewEpochOfItsPartitions() {
        map("n1", "n2", "n1");
        accept(new RegisterNode(node("n1", "store-1")));
        accept(new RegisterNode(node("n2", "store-2")));
        assertThat(view().requireMap().version()).isEqualTo(1);
        assertThat(decide(new RegisterNode(node("n1", "store-1"))).changes()).isEmpty();

        accept(new RegisterNode(new NodeInfo("n1", "http://moved", "http://moved", "store-1")));
        assertThat(view().requireMap().version()).isEqualTo(1);

        accept(new RegisterNode(node("n1", "store-new")));
        assertThat(view().requireMap())
                .isEqualTo(new ClusterMap(
                        2, List.of(new Ownership("n1", 2), new Ownership("n2", 1), new Ownership("n1", 2))));
        assertThat(view().nodes()).containsEntry("n1", node("n1", "store-new").withFormerStores(List.of("store-1")));
        assertThat(decide(new RegisterNode(node("n1", "store-new"))).changes()).isEmpty();
    }

    @Test
    void aStoreThatANewerOneHasReplacedIsRefused() {
        map("n1", "n2");
        accept(new RegisterNode(node("n1", "store-1")));
        accept(new RegisterNode(node("n1", "store-2")));
        accept(new RegisterNode(node("n1", "store-3")));
        accept(new RegisterNode(new NodeInfo("n1", "http://moved", "http://moved", "store-3")));

        refused(ErrorCode.INVALID_ARGUMENT, new RegisterNode(node("n1", "store-1")));
        refused(ErrorCode.INVALID_ARGUMENT, new RegisterNode(node("n1", "store-2")));
        accept(new RegisterNode(node("n2", "store-1")));
        assertThat(view().nodes().get("n1").formerStores()).containsExactly("store-1", "store-2");
        assertThat(view().requireMap().owners().getFirst()).isEqualTo(new Ownership("n1", 3));
    }

    @Test
    void theNewestFormerStoresAreRememberedAndANodeCannotForgetThem() {
        map("n1");
        for (int i = 0; i <= Decisions.MAX_FORMER_STORES + 1; i++) {
            accept(new RegisterNode(node("n1", "store-" + i)));
        }
        assertThat(view().nodes().get("n1").formerStores())
                .hasSize(Decisions.MAX_FORMER_STORES)
                .startsWith("store-1")
                .endsWith("store-" + Decisions.MAX_FORMER_STORES);

        NodeInfo forgetful = new NodeInfo("n1", "http://moved", "http://moved", "store-17", List.of("invented"));
        accept(new RegisterNode(forgetful));
        assertThat(view().nodes().get("n1").formerStores())
                .hasSize(Decisions.MAX_FORMER_STORES)
                .doesNotContain("invented");
    }

    @Test
    void aJobIsOneItemForEachTargetInAPartitionThatItOwns() {
        refused(ErrorCode.CLUSTER_UNAVAILABLE, new CreateJob(job("early", NOW)));
        map("n2", "n1", "n2");

        Decision decision = decide(new CreateJob(job("j", NOW)));

        assertThat(decision.items())
                .containsExactly(
                        new Decision.Item(0, new JobItem(job("j", NOW), "n2")),
                        new Decision.Item(1, new JobItem(job("j", NOW), "n1")));
        accept(new CreateJob(job("j", NOW)));
        assertThat(view().jobs()).containsEntry("j", job("j", NOW));
        assertThat(decide(new CreateJob(job("j", NOW))).items()).isEmpty();
        refused(ErrorCode.INVALID_ARGUMENT, new CreateJob(job("j", NOW.plusSeconds(1))));
        refused(ErrorCode.INVALID_ARGUMENT, new CreateJob(job("", NOW)));
    }

    @Test
    void cancellingIsRemembered() {
        map("n1");
        accept(new CreateJob(job("j", NOW)));
        accept(new CancelJob("j"));
        assertThat(view().jobs().get("j").cancelled()).isTrue();
        assertThat(decide(new CancelJob("j")).changes()).isEmpty();
        refused(ErrorCode.NO_SUCH_JOB, new CancelJob("other"));
    }

    @Test
    void oldJobsMakeRoomForNewOnes() {
        map("n1");
        accept(new CreateJob(job("ancient", NOW.minus(Duration.ofDays(8)))));
        for (int i = 0; i < Decisions.MAX_JOBS; i++) {
            accept(new CreateJob(job("j" + i, NOW.minusSeconds(5_000 - i))));
        }
        assertThat(view().jobs()).hasSize(Decisions.MAX_JOBS).doesNotContainKey("ancient");

        accept(new CreateJob(job("new", NOW)));

        assertThat(view().jobs())
                .hasSize(Decisions.MAX_JOBS)
                .containsKeys("new", "j1")
                .doesNotContainKey("j0");
    }

    @Test
    void aStateIsTheSameForEveryReaderAndPassesOverWhatItCannotRead() {
        state.apply(new Change("remote/new-in-a-later-version", "{}".getBytes()), 10);
        state.apply(new Change(Change.BUCKET + "broken", "{\"copies\":7".getBytes()), 11);
        state.apply(new Change(Change.BUCKET + "refused", "{\"copies\":7}".getBytes()), 12);
        state.apply(
                new Change(
                        Change.NODE + "n1",
                        "{\"id\":\"n1\",\"http\":\"h\",\"peer\":\"p\",\"storeId\":\"s\",\"new\":1}".getBytes()),
                13);

        assertThat(view().offset()).isEqualTo(13);
        assertThat(view().buckets()).isEmpty();
        assertThat(view().nodes()).containsEntry("n1", new NodeInfo("n1", "h", "p", "s"));
    }

    private Decision decide(ClusterCommand command) {
        return Decisions.decide(view(), command, NOW);
    }

    private void accept(ClusterCommand command) {
        Decision decision = decide(command);
        assertThat(decision.changes()).isNotEmpty();
        decision.changes().forEach(change -> state.apply(change, offset++));
    }

    private void refused(ErrorCode code, ClusterCommand command) {
        assertThatExceptionOfType(LandfallException.class)
                .isThrownBy(() -> decide(command))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private ClusterView view() {
        return state.snapshot().view();
    }

    private void map(String... owners) {
        var map = new ClusterMap(
                1,
                List.of(owners).stream().map(owner -> new Ownership(owner, 1)).toList());
        state.apply(Change.set(Change.MAP, map), offset++);
    }

    private static BucketName name(String name) {
        return new BucketName(name);
    }

    private static BucketSpec remote(String location, String endpoint) {
        return new BucketSpec(
                new WritebackSpec(WritebackMode.ASYNC, RemoteLocation.parse(location), endpoint), null, null);
    }

    private static NodeInfo node(String id, String storeId) {
        return new NodeInfo(id, "http://" + id, "http://peer-" + id, storeId);
    }

    private static JobSpec job(String id, Instant created) {
        return new JobSpec(id, "promote", Json.mapper().createObjectNode().put("bucket", "b"), created, false);
    }
}
