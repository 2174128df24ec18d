package dev.landfall.writeback;

import dev.landfall.model.Durability;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Origin;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.Condition;
import dev.landfall.targets.Intent;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.RemoteStore.Fetch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rolls sync changes forward that the last run, or this one, began and could not end: S3 may have them. With its data, such a change is committed as dirty
 * and its lane finishes it. Without them (a power cut took the file) S3 decides: what it has is fetched back.
 */
final class IntentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(IntentRecovery.class);
    private static final String ORIGIN = "landfall-origin";
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration GATE = Duration.ofMinutes(1);
    /** Whoever changes the key now goes first. */
    private static final Duration PATIENCE = Duration.ofMillis(10);

    private final ObjectStore store;
    private final Remotes remotes;
    private final Lanes lanes;
    private final CommitGate gate;
    private final TimeSource time;
    /**
     * What is not decided yet.
     *
     * @param since when it was found, by the monotonic clock: no attempt at it is younger
     * @param fetching whether its own thread asks S3
     */
    private record Pending(Intent intent, long since, AtomicBoolean fetching) {}

    private final Queue<Pending> pending = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;

    IntentRecovery(ObjectStore store, Remotes remotes, Lanes lanes, CommitGate gate, TimeSource time) {
        this.store = store;
        this.remotes = remotes;
        this.lanes = lanes;
        this.gate = gate;
        this.time = time;
        store.intents().forEach(this::later);
        if (!pending.isEmpty()) {
            LOG.info("{} sync changes of the last run are rolled forward", pending.size());
        }
    }

    /**
     * Rolls forward what it can now. An intent whose partition is not (yet) assigned here stays for the next call, as does one whose disk
     * refuses.
     */
    void run() {
        for (Pending one : pending) {
            if (one.fetching.get()) {
                continue;
            }
            ObjectKey key = one.intent.key();
            try {
                gate.enterExclusive(key, PATIENCE);
                try {
                    rollForward(one);
                } finally {
                    gate.leaveExclusive(key);
                }
            } catch (LandfallException e) {
                LOG.debug("The sync change of {} is not rolled forward yet", key, e);
            }
        }
    }

    /** Takes an intent of this run whose change S3 may have and whose commit failed. */
    void later(Intent intent) {
        pending.add(new Pending(intent, time.nanos(), new AtomicBoolean()));
    }

    /** Whether S3 may have a change of the key that is not committed here. */
    boolean isPending(ObjectKey key) {
        for (Pending one : pending) {
            if (one.intent.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    void close() {
        closed = true;
    }

    private void rollForward(Pending one) {
        Intent intent = one.intent;
        if (isOvertaken(intent)) {
            store.dropIntent(intent);
            pending.remove(one);
            return;
        }
        if (intent.delete()) {
            commit(
                    intent,
                    new Change.Delete(
                            intent.key(),
                            WritebackMode.SYNC,
                            intent.cause(),
                            Durability.FSYNC,
                            true,
                            true,
                            true,
                            Condition.ALWAYS,
                            intent.generation(),
                            null));
            pending.remove(one);
            return;
        }
        Optional<BodyWriter> body = store.recoverBody(intent);
        if (body.isPresent()) {
            commit(intent, put(intent, body.get()));
            pending.remove(one);
        } else {
            one.fetching.set(true);
            Thread.ofVirtual().name("landfall-intent").start(() -> fetchBack(one));
        }
    }

    private void commit(Intent intent, Change change) {
        switch (Commits.await(store.commit(change))) {
            case CommitResult.Committed(ObjectRecord record, ObjectRecord previous) ->
                lanes.wake(record, StartCause.RECOVERY, Lane.UNKNOWN);
            case CommitResult.Rejected overtaken -> store.dropIntent(intent);
        }
    }

    private void fetchBack(Pending one) {
        Intent intent = one.intent;
        while (!closed) {
            try {
                gate.enterExclusive(intent.key(), GATE);
                try {
                    if (isOvertaken(intent) || isDecided(one)) {
                        store.dropIntent(intent);
                        pending.remove(one);
                        return;
                    }
                } finally {
                    gate.leaveExclusive(intent.key());
                }
            } catch (LandfallException e) {
                LOG.debug("A sync change of {} is not decided yet", intent.key(), e);
            }
            time.sleep(PAUSE);
        }
    }

    /** Whether S3 has it (then it has been fetched), or will certainly never have it. */
    private boolean isDecided(Pending one) {
        Intent intent = one.intent;
        Place place = remotes.find(intent.key());
        if (place == null) {
            return false;
        }
        return switch (place.store().get(place.bucket(), place.key())) {
            case Fetch.Failed failed -> false;
            case Fetch.Absent absent -> isTooLate(one, place);
            case Fetch.Opened opened -> {
                try (var in = opened.body()) {
                    if (!opened.object().is(intent.generation(), intent.length(), intent.crc32c())) {
                        yield isTooLate(one, place);
                    }
                    yield fetch(intent, in);
                } catch (IOException e) {
                    yield false;
                }
            }
        };
    }

    private boolean fetch(Intent intent, InputStream in) throws IOException {
        try (BodyWriter body = store.newBody(intent.key(), intent.length())) {
            byte[] buffer = new byte[64 << 10];
            for (int read; (read = in.read(buffer)) >= 0; ) {
                body.write(ByteBuffer.wrap(buffer, 0, read));
            }
            if (body.length() != intent.length() || body.crc32c() != intent.crc32c()) {
                return false;
            }
            // Dirty all the same: an older attempt of the last run can still land on top of it, on S3.
            commit(intent, put(intent, body));
            return true;
        }
    }

    private static Change.Put put(Intent intent, BodyWriter body) {
        return new Change.Put(
                intent.key(),
                body,
                intent.contentType(),
                RemoteObject.withoutOwn(intent.metadata()),
                intent.headers(),
                intent.etag(),
                WritebackMode.SYNC,
                intent.cause(),
                Durability.FSYNC,
                true,
                true,
                Condition.ALWAYS,
                intent.generation(),
                null,
                origin(intent),
                null);
    }

    /** An intent has no field for the origin of an output, without which the pipeline could not repeat it. */
    static Map<String, String> withOrigin(Map<String, String> metadata, @Nullable Origin origin) {
        if (origin == null) {
            return metadata;
        }
        var all = new HashMap<>(metadata);
        all.put(ORIGIN, new String(Json.write(origin), StandardCharsets.UTF_8));
        return Map.copyOf(all);
    }

    private static @Nullable Origin origin(Intent intent) {
        String json = intent.metadata().get(ORIGIN);
        return json == null ? null : Json.read(json.getBytes(StandardCharsets.UTF_8), Origin.class);
    }

    private boolean isOvertaken(Intent intent) {
        return store.lookup(intent.key())
                .filter(record -> !intent.generation().isAfter(record.generation()))
                .isPresent();
    }

    /** Whether no attempt at it can still be alive. */
    private boolean isTooLate(Pending one, Place place) {
        return time.nanos() - one.since > place.remote().attemptTimeout().toNanos();
    }
}
