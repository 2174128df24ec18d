package dev.landfall.writeback;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** S3 in memory, with bad days: replies get lost, attempts arrive late, everything is refused. */
final class FakeRemote implements RemoteStore {
    /** What happens to a change. */
    sealed interface Day {
        record Good() implements Day {}

        /** Applied, but the reply never comes. */
        record LoseReply() implements Day {}

        /** Neither applied nor answered. */
        record LoseRequest() implements Day {}

        /** Not answered; applied when the test says so. */
        record Late() implements Day {}

        /** Nothing is applied. */
        record Answer(Outcome outcome) implements Day {}

        /** Waits for the latch, then good. */
        record Wait(CountDownLatch until) implements Day {}
    }

    static final Day GOOD = new Day.Good();

    private record Stored(
            byte[] bytes, String etag, String contentType, Map<String, String> metadata, Map<String, String> headers) {}

    final boolean conditions;
    /** By operation ({@code put}, {@code delete}) and key. */
    volatile BiFunction<String, String, Day> days = (operation, key) -> GOOD;
    /** What a probe is answered, by its bucket and condition; null for the truth. */
    volatile BiFunction<String, RemoteCondition, Outcome> probes = (bucket, condition) -> null;
    /** When set, what HEAD and GET answer. */
    volatile Outcome down;
    /** Bytes of a body before the rest waits; null for no wait. */
    volatile CountDownLatch getGate;

    final AtomicInteger puts = new AtomicInteger();
    final AtomicInteger deletes = new AtomicInteger();
    final AtomicInteger heads = new AtomicInteger();
    final AtomicInteger gets = new AtomicInteger();
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger mostInFlight = new AtomicInteger();
    final List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    private final List<LateOne> late = new ArrayList<>();
    /** How long an attempt that is late can be alive. */
    volatile java.time.Duration lateLife = java.time.Duration.ofMinutes(1);

    private record LateOne(Runnable application, long since) {}

    FakeRemote(boolean conditions) {
        this.conditions = conditions;
    }

    @Override
    public Outcome put(String bucket, String key, Upload upload, RemoteCondition condition) {
        byte[] bytes;
        try (var in = upload.content().open()) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            return upload.content() instanceof FileContent file && file.spoilt()
                    ? new Outcome.Spoilt()
                    : new Outcome.Unclear(false, "broken");
        }
        if (!key.contains(".landfall-probe/")) {
            puts.incrementAndGet();
            order.add(key);
        } else if (probes.apply(bucket, condition) instanceof Outcome answer) {
            return answer;
        }
        return change("put", key, () -> {
            synchronized (objects) {
                Stored there = objects.get(key);
                boolean holds = switch (condition) {
                    case RemoteCondition.None none -> true;
                    case RemoteCondition.IfAbsent absent -> !conditions || there == null;
                    case RemoteCondition.IfEtag(String etag) -> !conditions || there != null && there.etag.equals(etag);
                };
                if (!holds) {
                    return new Outcome.ConditionFailed();
                }
                String etag = HexFormat.of().toHexDigits(Arrays.hashCode(bytes)) + bytes.length;
                objects.put(key, new Stored(bytes, etag, upload.contentType(), upload.metadata(), upload.headers()));
                return new Outcome.Acknowledged(etag);
            }
        });
    }

    /** Ids of multipart uploads that were aborted, with their keys. */
    final List<String> aborted = java.util.Collections.synchronizedList(new ArrayList<>());
    /** What the abort of a multipart upload is answered. */
    volatile Outcome aborts = new Outcome.Acknowledged(null);

    @Override
    public Outcome abort(String bucket, String key, String upload) {
        aborted.add(bucket + "/" + key + " " + upload);
        return aborts;
    }

    @Override
    public Outcome delete(String bucket, String key) {
        if (!key.contains(".landfall-probe/")) {
            deletes.incrementAndGet();
        }
        return change("delete", key, () -> {
            objects.remove(key);
            return new Outcome.Acknowledged(null);
        });
    }

    @Override
    public Look head(String bucket, String key) {
        heads.incrementAndGet();
        if (down != null) {
            return new Look.Failed(down);
        }
        Stored there = objects.get(key);
        return there == null ? new Look.Absent() : new Look.Found(object(there));
    }

    @Override
    public Fetch get(String bucket, String key) {
        gets.incrementAndGet();
        if (down != null) {
            return new Fetch.Failed(down);
        }
        Stored there = objects.get(key);
        if (there == null) {
            return new Fetch.Absent();
        }
        CountDownLatch gate = getGate;
        return new Fetch.Opened(object(there), new ByteArrayInputStream(there.bytes) {
            @Override
            public int read(byte[] buffer, int offset, int count) {
                if (gate != null && pos > 0) {
                    await(gate);
                }
                return super.read(buffer, offset, gate == null ? count : Math.min(count, 1));
            }
        });
    }

    @Override
    public Listed list(String bucket, String prefix, String after, int limit) {
        if (down != null) {
            return new Listed.Failed(down);
        }
        List<Listed.Entry> all = objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new Listed.Entry(
                        entry.getKey(), entry.getValue().bytes.length, entry.getValue().etag, Instant.EPOCH))
                .filter(entry -> byBytes(entry.key(), after) > 0)
                .sorted((a, b) -> byBytes(a.key(), b.key()))
                .toList();
        return new Listed.Page(all.stream().limit(limit).toList(), all.size() > limit);
    }

    private static int byBytes(String a, String b) {
        return Arrays.compareUnsigned(
                a.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                b.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Puts an object that Landfall knows nothing of. */
    void foreign(String key, byte[] bytes) {
        objects.put(
                key, new Stored(bytes, "f" + Arrays.hashCode(bytes), "text/plain", Map.of("who", "else"), Map.of()));
    }

    byte[] bytes(String key) {
        Stored there = objects.get(key);
        return there == null ? null : there.bytes;
    }

    Map<String, String> metadata(String key) {
        return objects.get(key).metadata;
    }

    int size() {
        return objects.size();
    }

    /** What was late arrives now. */
    void arriveLate() {
        synchronized (late) {
            late.stream()
                    .filter(one -> System.nanoTime() - one.since < lateLife.toNanos())
                    .forEach(one -> one.application.run());
            late.clear();
        }
    }

    int lateOnes() {
        synchronized (late) {
            return late.size();
        }
    }

    @Override
    public void close() {}

    private interface Application {
        Outcome apply();
    }

    private Outcome change(String operation, String key, Application application) {
        if (key.contains(".landfall-probe/")) {
            return application.apply();
        }
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            Day day = days.apply(operation, key);
            return switch (day) {
                case Day.Good good -> application.apply();
                case Day.LoseReply lost -> {
                    application.apply();
                    yield new Outcome.Unclear(false, "the reply was lost");
                }
                case Day.LoseRequest lost -> new Outcome.Unclear(false, "the request was lost");
                case Day.Late late -> {
                    synchronized (this.late) {
                        this.late.add(new LateOne(application::apply, System.nanoTime()));
                    }
                    yield new Outcome.Unclear(false, "late");
                }
                case Day.Answer(Outcome outcome) -> outcome;
                case Day.Wait(CountDownLatch until) -> {
                    await(until);
                    yield application.apply();
                }
            };
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private static RemoteObject object(Stored there) {
        return RemoteObject.of(
                there.bytes.length, there.etag, there.contentType, there.metadata, there.headers, Instant.EPOCH);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Nobody opened the latch");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
