package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColdReadsTest {
    private static final ObjectKey KEY = Bench.async("k");

    @TempDir
    Path dir;

    private final FakeRemote s3 = new FakeRemote(true);

    @Test
    void aColdObjectIsStreamedAndThenLocal() throws Exception {
        s3.foreign("a/k", Bench.bytes("cold"));
        try (Bench bench = Bench.over(dir, s3)) {
            ObjectInfo head = bench.tiered.head(KEY);
            assertThat(head.generation()).isNull();
            assertThat(head.metadata()).containsExactlyEntriesOf(Map.of("who", "else"));
            assertThat(bench.get(KEY)).isEqualTo("cold");
            try (ObjectData local = bench.tiered.get(KEY)) {
                assertThat(local).isInstanceOf(ObjectData.Local.class);
                assertThat(local.info().etag()).isEqualTo(head.etag());
                assertThat(local.info().state()).isEqualTo(ObjectState.CLEAN);
                assertThat(local.info().contentType()).isEqualTo("text/plain");
            }
            assertThat(s3.gets).hasValue(1);
            assertThat(s3.puts).hasValue(0);
            assertThat(bench.store.outboxDepth()).isZero();
        }
    }

    @Test
    void aColdKeyIsFetchedOnceForManyReaders() throws Exception {
        s3.foreign("a/k", Bench.bytes("cold"));
        s3.getGate = new CountDownLatch(1);
        try (Bench bench = Bench.over(dir, s3)) {
            var readers = new CompletableFuture<?>[6];
            for (int i = 0; i < readers.length; i++) {
                readers[i] = CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return bench.get(KEY);
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        },
                        command -> Thread.ofVirtual().start(command));
            }
            await().until(() -> s3.gets.get() == 1);
            s3.getGate.countDown();
            for (var reader : readers) {
                assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo("cold");
            }
            assertThat(s3.gets).hasValue(1);
        }
    }

    @Test
    void aSecondReaderBehindASlowOneIsServedAllTheSame() throws Exception {
        s3.foreign("a/k", Bench.bytes("cold"));
        try (Bench bench = Bench.over(dir, s3)) {
            try (ObjectData slow = bench.tiered.get(KEY)) {
                assertThat(slow).isInstanceOf(ObjectData.Cold.class);
                assertThat(bench.get(KEY)).isEqualTo("cold");
                assertThat(s3.gets).hasValue(2);
            }
        }
    }

    @Test
    void aReaderThatLeavesDoesNotEndTheFill() throws Exception {
        s3.foreign("a/k", Bench.bytes("cold"));
        try (Bench bench = Bench.over(dir, s3)) {
            try (ObjectData data = bench.tiered.get(KEY)) {
                assertThat(((ObjectData.Cold) data).body().readNBytes(1)).hasSize(1);
            }
            await().until(() -> bench.store.lookup(KEY).isPresent());
            assertThat(bench.get(KEY)).isEqualTo("cold");
            assertThat(s3.gets).hasValue(1);
        }
    }

    @Test
    void aChangeDuringAFillWins() throws Exception {
        s3.foreign("a/k", Bench.bytes("cold"));
        try (Bench bench = Bench.over(dir, s3)) {
            try (ObjectData data = bench.tiered.get(KEY)) {
                var body = ((ObjectData.Cold) data).body();
                assertThat(body.readNBytes(1)).hasSize(1);
                bench.put(KEY, "new");
                body.readAllBytes();
            }
            assertThat(bench.get(KEY)).isEqualTo("new");
            bench.flush(Bench.ASYNC);
            assertThat(s3.bytes("a/k")).isEqualTo(Bench.bytes("new"));
        }
    }

    @Test
    void bytesThatDoNotMatchTheirChecksumAreNotHandedOutAsWhole(@TempDir Path other) throws Exception {
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "good");
            bench.flush(Bench.ASYNC);
        }
        Map<String, String> metadata = s3.metadata("a/k");
        s3.put(
                "far-away",
                "a/k",
                new RemoteStore.Upload(
                        () -> new java.io.ByteArrayInputStream(Bench.bytes("evil")), 4, 0, null, metadata),
                RemoteCondition.NONE);
        try (Bench bench = Bench.over(other, s3)) {
            assertThatThrownBy(() -> bench.get(KEY)).isInstanceOf(IOException.class);
            assertThat(bench.store.lookup(KEY)).isEmpty();
        }
    }

    @Test
    void whatS3DoesNotHaveIsNotThereAndADownS3SaysSo() {
        try (Bench bench = Bench.over(dir, s3)) {
            assertThatThrownBy(() -> bench.tiered.get(KEY)).satisfies(e -> has(e, ErrorCode.NO_SUCH_OBJECT));
            assertThatThrownBy(() -> bench.tiered.head(KEY)).satisfies(e -> has(e, ErrorCode.NO_SUCH_OBJECT));
            s3.down = new Outcome.NotSent("down");
            assertThatThrownBy(() -> bench.tiered.get(KEY)).satisfies(e -> has(e, ErrorCode.REMOTE_UNAVAILABLE));
            assertThatThrownBy(() -> bench.tiered.get(new ObjectKey(Bench.LOCAL, "k")))
                    .satisfies(e -> has(e, ErrorCode.NO_SUCH_OBJECT));
            assertThatThrownBy(() -> bench.tiered.get(ObjectKey.of("nowhere", "k")))
                    .satisfies(e -> has(e, ErrorCode.NO_SUCH_BUCKET));
        }
    }

    @Test
    void aDataFileThatWasSpoiltIsNeverUploadedAndTheObjectIsParked() throws Exception {
        var open = new CountDownLatch(1);
        s3.days = (op, key) -> new FakeRemote.Day.Answer(new Outcome.NotSent("down"));
        try (Bench bench = Bench.over(dir, s3)) {
            bench.put(KEY, "good");
            await().until(() -> s3.puts.get() > 0);
            try (var reader = bench.store.read(bench.record(KEY)).orElseThrow();
                    var file = FileChannel.open(reader.paths().getFirst(), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(Bench.bytes("evil")), 0);
            }
            s3.days = (op, key) -> FakeRemote.GOOD;
            open.countDown();
            bench.flush(Bench.ASYNC);
            assertThat(bench.record(KEY).state()).isEqualTo(ObjectState.PARKED);
            assertThat(s3.bytes("a/k")).isNull();
        }
    }

    private static void has(Throwable e, ErrorCode code) {
        assertThat(((LandfallException) e).code()).isEqualTo(code);
    }

    @Test
    void aFillDoesNotOvertakeASyncPutOnItsWayToS3() throws Exception {
        ObjectKey key = Bench.sync("k");
        s3.foreign("s/k", Bench.bytes("cold"));
        try (Bench bench = Bench.over(dir, s3)) {
            var open = new CountDownLatch(1);
            try (ObjectData data = bench.tiered.get(key)) {
                var body = ((ObjectData.Cold) data).body();
                assertThat(body.readNBytes(1)).hasSize(1);
                s3.days = (op, k) -> new FakeRemote.Day.Wait(open);
                var put = CompletableFuture.supplyAsync(
                        () -> bench.put(key, "new"),
                        command -> Thread.ofVirtual().start(command));
                await().until(() -> s3.inFlight.get() == 1);
                assertThat(body.readAllBytes()).isEqualTo(Bench.bytes("old"));
                open.countDown();
                assertThat(put.get(60, TimeUnit.SECONDS).record().state()).isEqualTo(ObjectState.CLEAN);
            }
            assertThat(bench.get(key)).isEqualTo("new");
            assertThat(s3.bytes("s/k")).isEqualTo(Bench.bytes("new"));
        }
    }
}
