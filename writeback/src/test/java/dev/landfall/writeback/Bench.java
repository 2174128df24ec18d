package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.DirtyStats;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** A tiered store over the real local store, and what tests do with it. */
final class Bench implements AutoCloseable {
    static final BucketName ASYNC = new BucketName("async");
    static final BucketName SYNC = new BucketName("sync");
    static final BucketName LOCAL = new BucketName("local");
    private static final int PARTITIONS = 8;

    static {
        // A look costs nothing here, and a busy machine needs patience.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final FakeCluster cluster = new FakeCluster()
            .bucket("async", BucketSpec.remote(WritebackMode.ASYNC, "s3://far-away/a"))
            .bucket("sync", BucketSpec.remote(WritebackMode.SYNC, "s3://far-away/s"))
            .bucket("local", BucketSpec.local());
    final ObjectStore store;
    final TieredStore tiered;
    final HeldTime time;

    private Bench(
            Path dir,
            TieredStore.Config config,
            Function<RemoteEndpoint, RemoteStore> opener,
            boolean assignLater,
            HeldTime time) {
        this.time = time;
        store = LocalStore.open(new LocalStore.Config("n1", List.of(dir), PARTITIONS, TimeSource.system()));
        Map<Integer, Integer> epochs = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            epochs.put(p, 1);
        }
        if (!assignLater) {
            store.assign(epochs);
        }
        tiered = opener == null
                ? TieredStore.start(config, store, cluster, metrics, time)
                : TieredStore.start(config, store, cluster, metrics, time, opener, new Random(42));
        if (assignLater) {
            store.assign(epochs);
        }
    }

    static Bench over(Path dir, FakeRemote remote) {
        return over(dir, remote, config());
    }

    static Bench over(Path dir, FakeRemote remote, TieredStore.Config config) {
        return new Bench(dir, config, endpoint -> remote, false, new HeldTime());
    }

    /** No attempt without an answer comes to its end until the time is released. */
    static Bench held(Path dir, FakeRemote remote) {
        HeldTime time = new HeldTime();
        time.hold();
        return new Bench(dir, config(), endpoint -> remote, false, time);
    }

    /** As on a node: the partitions are known only after the tiered store has started. */
    static Bench assignedLater(Path dir, FakeRemote remote) {
        return new Bench(dir, config(), endpoint -> remote, true, new HeldTime());
    }

    static Bench over(Path dir, RemoteEndpoint endpoint) {
        TieredStore.Config c = config();
        return new Bench(
                dir,
                new TieredStore.Config(
                        Map.of("default", endpoint),
                        c.uploads(),
                        c.sweepInterval(),
                        c.maxDirtyBytes(),
                        c.maxDirtyAge(),
                        true,
                        c.retries()),
                null,
                false,
                new HeldTime());
    }

    /** Unanswered attempts live for 700 ms, and retries follow quickly. */
    static TieredStore.Config config() {
        return new TieredStore.Config(
                Map.of("default", endpoint(Duration.ofMillis(700))),
                4,
                Duration.ofMinutes(5),
                1 << 20,
                Duration.ofHours(1),
                true,
                new Retries(Duration.ofMillis(10), Duration.ofMillis(100), 3, Duration.ofMillis(10)));
    }

    static TieredStore.Config withWakes(boolean wakeOnEvent, Duration sweepInterval) {
        TieredStore.Config c = config();
        return new TieredStore.Config(
                c.remotes(), c.uploads(), sweepInterval, c.maxDirtyBytes(), c.maxDirtyAge(), wakeOnEvent, c.retries());
    }

    private static RemoteEndpoint endpoint(Duration attemptTimeout) {
        return new RemoteEndpoint(
                "default", URI.create("http://127.0.0.1:1"), "eu", true, "literal:a", "literal:b", attemptTimeout);
    }

    static ObjectKey async(String name) {
        return new ObjectKey(ASYNC, name);
    }

    static ObjectKey sync(String name) {
        return new ObjectKey(SYNC, name);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    PutOutcome put(ObjectKey key, String text) {
        return put(key, bytes(text), PutRequest.ofLength(bytes(text).length));
    }

    PutOutcome put(ObjectKey key, byte[] body, PutRequest request) {
        try (PutSession session = tiered.put(key, request)) {
            session.write(ByteBuffer.wrap(body));
            return session.commit();
        }
    }

    boolean delete(ObjectKey key) {
        return tiered.delete(key, DeleteRequest.byClient());
    }

    String get(ObjectKey key) throws IOException {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    byte[] bytes(ObjectKey key) throws IOException {
        try (ObjectData data = tiered.get(key)) {
            return switch (data) {
                case ObjectData.Local local -> {
                    var bytes = new java.io.ByteArrayOutputStream();
                    local.reader().transferTo(0, local.info().size(), (file, position, count) -> {
                        var buffer = ByteBuffer.allocate((int) count);
                        while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) >= 0) {}
                        bytes.writeBytes(buffer.array());
                    });
                    yield bytes.toByteArray();
                }
                case ObjectData.Cold cold -> cold.body().readAllBytes();
            };
        }
    }

    ObjectRecord record(ObjectKey key) {
        return store.lookup(key).orElseThrow();
    }

    void flush(BucketName bucket) {
        assertThat(tiered.flush(bucket, Duration.ofSeconds(60)))
                .as("everything of %s reached S3", bucket)
                .isTrue();
    }

    DirtyStats dirty() {
        return tiered.stats(null).dirty();
    }

    double count(String name, String... tags) {
        var counter = metrics.find(name).tags(tags).counter();
        return counter == null ? 0 : counter.count();
    }

    @Override
    public void close() {
        tiered.close(Duration.ofMillis(300));
        store.close();
    }
}
