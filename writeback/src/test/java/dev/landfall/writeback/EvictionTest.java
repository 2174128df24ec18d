package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Freeing local copies, and bringing them back. */
class EvictionTest {
    private static final ObjectKey KEY = Bench.async("k");

    @TempDir
    Path dir;

    private final FakeRemote s3 = new FakeRemote(true);

    @Test
    void whatIsEvictedIsReadFromS3AndFetchedAgainOnce() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "words");
            bench.flush(Bench.ASYNC);
            long events = bench.store.outboxDepth();

            assertThat(bench.tiered.evict(KEY)).isEqualTo(new Eviction.Evicted(5));

            assertThat(bench.store.lookup(KEY)).isEmpty();
            assertThat(bench.store.outboxDepth()).as("an eviction is no change").isEqualTo(events);
            assertThat(bench.tiered.evict(KEY)).isEqualTo(new Eviction.Absent());
            assertThat(bench.tiered.prefetch(KEY)).isEqualTo(5);
            assertThat(bench.tiered.prefetch(KEY)).isZero();
            assertThat(bench.get(KEY)).isEqualTo("words");
            assertThat(s3.gets).hasValue(1);
        }
    }

    @Test
    void whatS3MayNotHaveIsKept() throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            s3.days = (op, key) -> new FakeRemote.Day.LoseRequest();
            bench.put(KEY, "words");
            assertThat(bench.tiered.evict(KEY)).isEqualTo(new Eviction.Kept("it is not on S3 yet"));
            s3.days = (op, key) -> FakeRemote.GOOD;
            bench.flush(Bench.ASYNC);

            s3.foreign("a/k", Bench.bytes("other"));
            assertThat(bench.tiered.evict(KEY)).isEqualTo(new Eviction.Kept("S3 has another version of it"));
            s3.delete("far-away", "a/k");
            assertThat(bench.tiered.evict(KEY)).isEqualTo(new Eviction.Kept("S3 does not have it any more"));

            s3.down = new Outcome.NotSent("down");
            assertThatThrownBy(() -> bench.tiered.evict(KEY))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_UNAVAILABLE));
            assertThat(bench.get(KEY)).isEqualTo("words");
        }
    }

    @Test
    void aBucketWithoutARemoteIsNeverEvicted() throws Exception {
        ObjectKey local = new ObjectKey(Bench.LOCAL, "k");
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(local, "words");

            assertThatThrownBy(() -> bench.tiered.evict(local))
                    .isInstanceOfSatisfying(
                            LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
            assertThat(bench.get(local)).isEqualTo("words");
        }
    }

    @Test
    void theRemoteIsListedWithItsOwnNames() {
        try (Bench bench = Bench.over(dir, s3)) {
            s3.foreign("a/one", Bench.bytes("1"));
            s3.foreign("a/two/x", Bench.bytes("22"));
            s3.foreign("a/two/../x", Bench.bytes("22"));
            s3.foreign("a/.landfall-probe/t", Bench.bytes("?"));
            s3.foreign("b/one", Bench.bytes("1"));

            RemoteNames names = bench.tiered.listRemote(Bench.ASYNC, "", "");

            assertThat(names.entries())
                    .containsExactly(
                            new RemoteNames.Entry(Bench.async("one"), 1),
                            new RemoteNames.Entry(Bench.async("two/x"), 2));
            assertThat(names.unusable()).containsExactly("two/../x");
            assertThat(names.next()).isNull();
            assertThat(bench.tiered.listRemote(Bench.ASYNC, "t", "one").entries())
                    .containsExactly(new RemoteNames.Entry(Bench.async("two/x"), 2));
        }
    }
}
