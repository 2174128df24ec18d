package dev.landfall.writeback;

import dev.landfall.targets.SimDisk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * S3 in the simulation. What is sent to it arrives, is applied and is answered by events of the loop, so that it happens also when the
 * sender is dead by then. An attempt that nobody waits for any more is applied before the attempt timeout has passed, or never.
 */
final class SimS3 {
    record Stored(byte[] bytes, RemoteObject object) {}

    /** Sent, and to be applied after its sender has given up. */
    private static final class Late {
        final SimProcess sender;
        final Runnable application;
        SimLoop.Event givingUp;

        Late(SimProcess sender, Runnable application) {
            this.sender = sender;
            this.application = application;
        }
    }

    private final SimLoop loop;
    private final SimWeather weather;
    private final SimHistory history;
    private final SimDisk disk;
    private final boolean conditions;
    private final long timeout;
    private final Map<String, Stored> objects = new TreeMap<>();
    private final List<Late> late = new ArrayList<>();
    /** Told of every key that changed. */
    Consumer<String> onChange = key -> {};

    int inFlight;

    SimS3(
            SimLoop loop,
            SimWeather weather,
            SimHistory history,
            SimDisk disk,
            boolean conditions,
            Duration attemptTimeout) {
        this.loop = loop;
        this.weather = weather;
        this.history = history;
        this.disk = disk;
        this.conditions = conditions;
        this.timeout = attemptTimeout.toNanos();
    }

    Stored stored(String key) {
        return objects.get(key);
    }

    /** Somebody else writes. */
    void foreign(String key, byte[] bytes) {
        objects.put(key, new Stored(bytes, object(bytes, null, Map.of(), Map.of())));
        history.add(() -> "S3 gets a foreign " + key);
    }

    /** The process is gone: what it has sent may still arrive. */
    void killed(SimProcess process) {
        for (Late one : List.copyOf(late)) {
            if (one.sender == process) {
                loop.cancel(one.givingUp);
                late.remove(one);
                loop.at(loop.random.nextLong(timeout), one.application);
            }
        }
    }

    RemoteStore connect(SimProcess process) {
        return new Connection(process);
    }

    private Outcome put(String key, byte[] bytes, RemoteStore.Upload upload, RemoteCondition condition) {
        Stored there = objects.get(key);
        boolean holds = switch (condition) {
            case RemoteCondition.None none -> true;
            case RemoteCondition.IfAbsent absent -> !conditions || there == null;
            case RemoteCondition.IfEtag(String etag) ->
                !conditions || there != null && there.object.etag().equals(etag);
        };
        if (!holds) {
            history.add(() -> "S3 answers 412 to PUT " + key + " " + condition);
            return new Outcome.ConditionFailed();
        }
        var now = new Stored(bytes, object(bytes, upload.contentType(), upload.metadata(), upload.headers()));
        objects.put(key, now);
        history.add(
                () -> "S3 has " + key + " " + now.object.generation() + " '" + new String(bytes) + "' " + condition);
        onChange.accept(key);
        return new Outcome.Acknowledged(now.object.etag());
    }

    private Outcome delete(String key) {
        objects.remove(key);
        history.add(() -> "S3 has no " + key);
        onChange.accept(key);
        return new Outcome.Acknowledged(null);
    }

    private static RemoteObject object(
            byte[] bytes, String contentType, Map<String, String> metadata, Map<String, String> headers) {
        // The same bytes have the same ETag, as on S3.
        String etag = HexFormat.of().toHexDigits(crc(bytes)) + bytes.length;
        return RemoteObject.of(bytes.length, etag, contentType, metadata, headers, Instant.EPOCH);
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private final class Connection implements RemoteStore {
        private final SimProcess process;

        Connection(SimProcess process) {
            this.process = process;
        }

        @Override
        public Outcome put(String bucket, String key, Upload upload, RemoteCondition condition) {
            byte[] bytes = read(upload);
            if (upload.content() instanceof FileContent && crc(bytes) != upload.crc32c()) {
                return new Outcome.Spoilt();
            }
            return attempt("PUT " + key, () -> SimS3.this.put(key, bytes, upload, condition));
        }

        @Override
        public Outcome delete(String bucket, String key) {
            return attempt("DELETE " + key, () -> SimS3.this.delete(key));
        }

        @Override
        public Look head(String bucket, String key) {
            return look(
                    () -> {
                        Stored there = objects.get(key);
                        return there == null ? new Look.Absent() : new Look.Found(there.object);
                    },
                    Look.Failed::new);
        }

        @Override
        public Fetch get(String bucket, String key) {
            return look(
                    () -> {
                        Stored there = objects.get(key);
                        return there == null
                                ? new Fetch.Absent()
                                : new Fetch.Opened(there.object, new ByteArrayInputStream(there.bytes));
                    },
                    Fetch.Failed::new);
        }

        @Override
        public Listed list(String bucket, String prefix, String after, int limit) {
            return look(
                    () -> {
                        var found = new ArrayList<Listed.Entry>();
                        objects.forEach((key, stored) -> {
                            if (key.startsWith(prefix) && key.compareTo(after) > 0) {
                                RemoteObject object = stored.object;
                                found.add(new Listed.Entry(key, object.size(), object.etag(), object.modified()));
                            }
                        });
                        return new Listed.Page(found.subList(0, Math.min(limit, found.size())), found.size() > limit);
                    },
                    Listed.Failed::new);
        }

        @Override
        public void close() {}

        private byte[] read(Upload upload) {
            if (upload.content() instanceof FileContent file) {
                return disk.read(file.files());
            }
            try (var in = upload.content().open()) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Outcome attempt(String what, Supplier<Outcome> application) {
            SimWeather.Fate fate = weather.draw();
            history.add(() -> "sends " + what + ": " + fate);
            var reply = new CompletableFuture<Outcome>();
            long there = trip();
            long back = trip();
            long patience = loop.chance(0.3) ? timeout : Math.min(timeout, trip() * 2);
            switch (fate) {
                case GOOD ->
                    loop.at(there, () -> {
                        Outcome outcome = application.get();
                        loop.at(back, () -> reply.complete(outcome));
                    });
                case LOSE_REPLY -> {
                    loop.at(there, application::get);
                    loop.at(patience, () -> reply.complete(new Outcome.Unclear(false, "the reply was lost")));
                }
                case LOSE_REQUEST ->
                    loop.at(patience, () -> reply.complete(new Outcome.Unclear(false, "the request was lost")));
                case LATE -> {
                    var one = new Late(process, application::get);
                    late.add(one);
                    one.givingUp = loop.at(patience, () -> {
                        late.remove(one);
                        loop.at(loop.random.nextLong(timeout), one.application);
                        reply.complete(new Outcome.Unclear(false, "late"));
                    });
                }
                case ERROR_APPLIED ->
                    loop.at(there, () -> {
                        application.get();
                        loop.at(back, () -> reply.complete(new Outcome.Unclear(true, "500")));
                    });
                case ERROR -> loop.at(there + back, () -> reply.complete(new Outcome.Unclear(true, "503")));
                case REFUSED -> loop.at(there + back, () -> reply.complete(new Outcome.Refused("403", 403)));
                case NOT_SENT -> loop.at(there, () -> reply.complete(new Outcome.NotSent("connection refused")));
            }
            inFlight++;
            try {
                Outcome outcome = reply.join();
                history.add(() -> "is answered " + what + ": " + outcome);
                return outcome;
            } finally {
                inFlight--;
            }
        }

        private <T> T look(Supplier<T> snapshot, java.util.function.Function<Outcome, T> failed) {
            var reply = new CompletableFuture<T>();
            long there = trip();
            long back = trip();
            switch (weather.draw()) {
                case GOOD, ERROR_APPLIED ->
                    loop.at(there, () -> {
                        T seen = snapshot.get();
                        loop.at(back, () -> reply.complete(seen));
                    });
                case LOSE_REPLY, LOSE_REQUEST, LATE ->
                    loop.at(timeout, () -> reply.complete(failed.apply(new Outcome.Unclear(false, "no answer"))));
                case ERROR -> loop.at(there, () -> reply.complete(failed.apply(new Outcome.Unclear(true, "503"))));
                case REFUSED -> loop.at(there, () -> reply.complete(failed.apply(new Outcome.Refused("403", 403))));
                case NOT_SENT ->
                    loop.at(there, () -> reply.complete(failed.apply(new Outcome.NotSent("connection refused"))));
            }
            return reply.join();
        }

        private long trip() {
            return (long) (loop.between(500, 20_000) * weather.latency);
        }
    }
}
