package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectState;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.DirtyStats;
import dev.landfall.writeback.Eviction;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.RemoteNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kinds of jobs do with a node's share of a bucket. */
final class BucketJobsTest {
    private static final BucketName BUCKET = new BucketName("words");
    private static final JsonNode ARGS = Json.tree("{\"bucket\":\"words\"}".getBytes(StandardCharsets.UTF_8));

    private final FakeTier tier = new FakeTier();
    private final NoTime time = new NoTime();
    private final JobTally tally = new JobTally();

    private JobProgress run(JobKind kind) {
        kind.run(ARGS, tally, () -> false);
        return tally.progress("j", "n1", JobState.RUNNING, "");
    }

    @Test
    void evictFreesWhatS3HasAndSaysWhyTheRestIsKept() {
        for (int i = 0; i < 600; i++) {
            tier.here.add("%04d".formatted(i));
        }
        tier.kept.add("0300");

        JobProgress progress = run(new EvictJob(tier, time));

        assertThat(progress.objects()).isEqualTo(599);
        assertThat(progress.bytes()).isEqualTo(5990);
        assertThat(progress.ignored()).isEqualTo(1);
        assertThat(progress.reasons()).containsExactly("0300: it is not on S3 yet");
        assertThat(tier.here).containsExactly("0300");
        assertThat(progress.cursor()).isEqualTo("0511");
    }

    @Test
    void prefetchBringsWhatIsNotHere() {
        tier.far.addAll(List.of("a", "b", "deleted-here", "x/c"));
        tier.here.add("b");

        JobProgress progress = run(new PrefetchJob(tier, time));

        assertThat(tier.here).containsExactly("a", "b", "x/c");
        assertThat(progress.objects()).isEqualTo(2);
        assertThat(progress.skipped()).as("one was here, one is deleted here").isEqualTo(2);
        assertThat(progress.failed()).isZero();
    }

    @Test
    void whatFailsForAPassingReasonIsTriedAgainAFewTimes() {
        tier.far.addAll(List.of("a", "b"));
        LandfallException down = new LandfallException(ErrorCode.REMOTE_UNAVAILABLE, "S3 is away");
        tier.failures.addAll(List.of(down, down));

        JobProgress progress = run(new PrefetchJob(tier, time));

        assertThat(tier.here).containsExactly("a", "b");
        assertThat(progress.failed()).isZero();

        tier.far.add("c");
        for (int i = 0; i < 100; i++) {
            tier.failures.add(down);
        }
        tier.here.add("a");
        assertThat(run(new PrefetchJob(tier, time)).reasons()).containsExactly("c: S3 is away");
        assertThat(tier.failures).as("it does not try for ever").isNotEmpty();
    }

    @Test
    void whatFailsForGoodIsReportedAndTheRestGoesOn() {
        tier.far.addAll(List.of("a", "b", "c"));
        tier.failures.add(new LandfallException(ErrorCode.INSUFFICIENT_STORAGE, "No room"));

        JobProgress progress = run(new PrefetchJob(tier, time));

        assertThat(progress.failed()).isEqualTo(1);
        assertThat(progress.objects()).isEqualTo(2);
    }

    @Test
    void copyBringsWhatHasChangedAndLeavesOthersAlone(@TempDir Path directory) {
        var objects = new Fakes.FakeObjects(directory);
        tier.objects = objects;
        tier.here.addAll(List.of("a", "b", "c", "gone"));
        List.of("a", "b", "c").forEach(name -> objects.source("words/" + name, 7, "text of " + name));
        JsonNode args = Json.tree("{\"bucket\":\"words\",\"to\":\"copies\"}".getBytes(StandardCharsets.UTF_8));
        var job = new CopyJob(tier, objects, time);

        job.run(args, tally, () -> false);

        JobProgress first = tally.progress("j", "n1", JobState.DONE, "");
        assertThat(first.objects()).isEqualTo(3);
        assertThat(first.skipped()).as("deleted since it was listed").isEqualTo(1);
        assertThat(objects.output("copies/b")).isEqualTo("text of b");

        var again = new JobTally();
        job.run(args, again, () -> false);
        assertThat(again.progress("k", "n1", JobState.DONE, "").objects()).isZero();

        objects.putError = new LandfallException(ErrorCode.OUTPUT_CONFLICT, "The name is taken");
        var taken = new JobTally();
        job.run(args, taken, () -> false);
        JobProgress kept = taken.progress("l", "n1", JobState.DONE, "");
        assertThat(kept.ignored()).isEqualTo(3);
        assertThat(kept.reasons()).anyMatch(reason -> reason.contains("\"overwrite\": true"));
    }

    @Test
    void flushWaitsUntilNothingIsDirtyAndFailsForWhatIsParked() {
        tier.dirty.addAll(List.of(5L, 5L, 3L, 2L));
        tier.parked = 1;

        JobProgress progress = run(new FlushJob(tier));

        assertThat(progress.objects()).isEqualTo(3);
        assertThat(progress.failed()).isEqualTo(1);
        assertThat(progress.reasons()).containsExactly("p: S3 answered 403");
    }

    @Test
    void aBucketWithoutARemoteIsRefused() {
        var cluster = new Fakes.FakeCluster("n1");
        cluster.bucket("words");
        for (JobKind kind : List.of(new EvictJob(tier, time), new PrefetchJob(tier, time), new FlushJob(tier))) {
            assertThatThrownBy(() -> kind.check(ARGS, cluster.view()))
                    .extracting("code")
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        cluster.bucket("words", BucketSpec.remote(WritebackMode.ASYNC, "s3://far-away/a"));
        assertThat(new EvictJob(tier, time).check(ARGS, cluster.view()))
                .isEqualTo(Json.tree("{\"bucket\":\"words\",\"prefix\":\"\"}".getBytes(StandardCharsets.UTF_8)));
        JsonNode misspelt = Json.tree("{\"bucket\":\"words\",\"prefx\":\"a\"}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> new EvictJob(tier, time).check(misspelt, cluster.view()))
                .extracting("code")
                .isEqualTo(ErrorCode.MALFORMED_JSON);
    }

    /** Every pause is over at once. */
    private static final class NoTime implements TimeSource {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void sleep(Duration duration) {}
    }

    private static final class FakeTier implements Tier {
        Fakes.FakeObjects objects;
        final ConcurrentSkipListSet<String> here = new ConcurrentSkipListSet<>();
        final Set<String> far = new TreeSet<>();
        final Set<String> kept = new TreeSet<>();
        final Deque<LandfallException> failures = new ArrayDeque<>();
        final Deque<Long> dirty = new ArrayDeque<>();
        int parked;

        @Override
        public List<ObjectInfo> list(BucketName bucket, String prefix, String after, int limit) {
            return here.tailSet(after, false).stream()
                    .filter(name -> name.startsWith(prefix))
                    .limit(limit)
                    .map(name -> info(name, null))
                    .toList();
        }

        private static ObjectInfo info(String name, String parked) {
            return new ObjectInfo(
                    new ObjectKey(BUCKET, name),
                    10,
                    "e",
                    null,
                    Map.of(),
                    Map.of(),
                    Instant.EPOCH,
                    null,
                    ObjectState.CLEAN,
                    null,
                    List.of(10L),
                    parked);
        }

        @Override
        public RemoteNames listRemote(BucketName bucket, String prefix, String after) {
            List<RemoteNames.Entry> all = new ArrayList<>();
            far.stream()
                    .filter(name -> name.startsWith(prefix) && name.compareTo(after) > 0)
                    .limit(2)
                    .forEach(name -> all.add(new RemoteNames.Entry(new ObjectKey(BUCKET, name), 10)));
            return new RemoteNames(
                    all, List.of(), all.isEmpty() ? null : all.getLast().key().name());
        }

        @Override
        public synchronized long prefetch(ObjectKey key) {
            if (here.contains(key.name())) {
                return 0;
            }
            if (!failures.isEmpty()) {
                throw failures.pop();
            }
            if (key.name().equals("deleted-here")) {
                throw new LandfallException(ErrorCode.NO_SUCH_OBJECT, "There is no object");
            }
            here.add(key.name());
            return 10;
        }

        @Override
        public Eviction evict(ObjectKey key) {
            if (kept.contains(key.name())) {
                return new Eviction.Kept("it is not on S3 yet");
            }
            return here.remove(key.name()) ? new Eviction.Evicted(10) : new Eviction.Absent();
        }

        @Override
        public ObjectData get(ObjectKey key) {
            ObjectData data = objects.open(key, new Generation(7));
            if (data == null) {
                throw new LandfallException(ErrorCode.NO_SUCH_OBJECT, "There is no object");
            }
            return data;
        }

        @Override
        public boolean flush(BucketName bucket, Duration timeout) {
            return dirty.size() <= 1;
        }

        @Override
        public DirtyStats dirty(BucketName bucket) {
            long now = dirty.size() > 1 ? dirty.pop() : dirty.peek();
            return new DirtyStats(now, now, parked, null);
        }

        @Override
        public List<ObjectInfo> parked(BucketName bucket, int limit) {
            return parked == 0 ? List.of() : List.of(info("p", "S3 answered 403"));
        }
    }
}
