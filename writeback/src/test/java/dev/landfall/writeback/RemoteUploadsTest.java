package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ObjectState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Multipart uploads on S3 that did not come to their end. */
class RemoteUploadsTest {
    @TempDir
    Path dir;

    @Test
    void theNextAttemptAbortsWhatWasLeftBehind() throws Exception {
        var remote = new FakeRemote(true);
        try (Bench bench = Bench.over(dir, remote)) {
            for (String name : List.of("put", "deleted")) {
                bench.put(Bench.async(name), "before");
                bench.flush(Bench.ASYNC);
                bench.store.saveRemoteUpload(Bench.async(name), "left-" + name);
            }
            bench.put(Bench.async("put"), "after");
            bench.delete(Bench.async("deleted"));
            bench.flush(Bench.ASYNC);

            assertThat(remote.aborted)
                    .containsExactlyInAnyOrder("far-away/a/put left-put", "far-away/a/deleted left-deleted");
            assertThat(bench.store.remoteUpload(Bench.async("put"))).isEmpty();
            assertThat(bench.store.remoteUpload(Bench.async("deleted"))).isEmpty();
            assertThat(bench.record(Bench.async("put")).state()).isEqualTo(ObjectState.CLEAN);
        }
    }

    @Test
    void nothingIsSentBeforeTheAbortIsAnswered() throws Exception {
        var remote = new FakeRemote(true);
        try (Bench bench = Bench.over(dir, remote)) {
            bench.store.saveRemoteUpload(Bench.async("k"), "left");
            remote.aborts = new Outcome.Unclear(false, "no answer");
            bench.put(Bench.async("k"), "v");
            org.awaitility.Awaitility.await().until(() -> remote.aborted.size() > 2);
            assertThat(remote.puts).hasValue(0);
            assertThat(bench.store.remoteUpload(Bench.async("k"))).contains("left");
            remote.aborts = new Outcome.Acknowledged(null);
            bench.flush(Bench.ASYNC);
            assertThat(remote.puts).hasValue(1);
            assertThat(bench.store.remoteUpload(Bench.async("k"))).isEmpty();
        }
    }
}
