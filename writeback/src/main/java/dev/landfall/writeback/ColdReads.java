package dev.landfall.writeback;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.RemoteStore.Fetch;
import dev.landfall.writeback.RemoteStore.Look;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of objects that S3 has and the disk has not: streamed to the reader while they are stored, once per key at a time. */
final class ColdReads {
    private static final Logger LOG = LoggerFactory.getLogger(ColdReads.class);

    private final ObjectStore store;
    private final Remotes remotes;
    private final CommitGate gate;
    private final IntentRecovery intents;
    private final TimeSource time;
    private final Drains drains;
    /** By key, the fill under way; completes when it is over, whichever way. */
    private final Map<ObjectKey, CompletableFuture<Void>> fills = new ConcurrentHashMap<>();

    ColdReads(ObjectStore store, Remotes remotes, CommitGate gate, IntentRecovery intents, TimeSource time) {
        this.store = store;
        this.remotes = remotes;
        this.gate = gate;
        this.intents = intents;
        this.time = time;
        this.drains = new Drains(time);
    }

    /** @throws LandfallException {@code NO_SUCH_OBJECT}, or that S3 could not be asked */
    ObjectInfo head(ObjectKey key, BucketSpec spec) {
        Place place = remotes.place(key, spec);
        return switch (place.store().head(place.bucket(), place.key())) {
            case Look.Found(RemoteObject object) -> info(key, object);
            case Look.Absent absent -> throw noSuchObject(key);
            case Look.Failed(Outcome outcome) -> throw RemoteErrors.failed("look up " + key + " on S3", outcome);
        };
    }

    /**
     * Opens the object on S3.
     *
     * @param spoilt the clean record whose local data are lost; null when there is no record
     * @return empty when somebody else has just stored it: look into the index again
     */
    Optional<ObjectData> open(ObjectKey key, BucketSpec spec, @Nullable ObjectRecord spoilt) {
        Place place = remotes.place(key, spec);
        var mine = new CompletableFuture<Void>();
        CompletableFuture<Void> other = fills.putIfAbsent(key, mine);
        if (other != null) {
            return await(other, place.remote().attemptTimeout())
                    ? Optional.empty()
                    : Optional.of(passThrough(key, place, spoilt));
        }
        boolean handedOver = false;
        try {
            if (spoilt == null && store.lookup(key).isPresent()) {
                return Optional.empty();
            }
            Fetch.Opened fetched = fetch(key, place, spoilt);
            handedOver = true;
            return Optional.of(
                    new ObjectData.Cold(info(key, fetched.object()), filling(key, spec, fetched, spoilt, mine)));
        } finally {
            if (!handedOver) {
                over(key, mine);
            }
        }
    }

    /** Ends what is still being stored for readers that have gone. */
    void close(Duration grace) {
        drains.close(grace);
    }

    private InputStream filling(
            ObjectKey key,
            BucketSpec spec,
            Fetch.Opened fetched,
            @Nullable ObjectRecord spoilt,
            CompletableFuture<Void> fill) {
        Generation expected = spoilt == null ? null : spoilt.generation();
        BodyWriter body = null;
        try {
            body = store.newBody(key, fetched.object().size());
        } catch (LandfallException e) {
            LOG.warn("{} is read from S3 without being stored here: {}", key, e.getMessage());
        }
        return new FillingStream(
                key,
                fetched,
                body,
                drains,
                new Fill(store, gate, intents, spec.mode(), expected),
                () -> over(key, fill));
    }

    /** Without storing it: another reader does, but too slowly. */
    private ObjectData passThrough(ObjectKey key, Place place, @Nullable ObjectRecord spoilt) {
        Fetch.Opened fetched = fetch(key, place, spoilt);
        return new ObjectData.Cold(
                info(key, fetched.object()),
                new FillingStream(key, fetched, null, drains, new Fill(store, gate, intents, null, null), () -> {}));
    }

    private static Fetch.Opened fetch(ObjectKey key, Place place, @Nullable ObjectRecord spoilt) {
        Fetch fetch = place.store().get(place.bucket(), place.key());
        if (fetch instanceof Fetch.Failed(Outcome outcome)) {
            throw RemoteErrors.failed("read " + key + " from S3", outcome);
        }
        if (!(fetch instanceof Fetch.Opened opened)) {
            throw spoilt == null ? noSuchObject(key) : corrupt(key);
        }
        if (spoilt != null && !isSame(opened.object(), spoilt)) {
            try {
                opened.body().close();
            } catch (IOException e) {
                LOG.debug("Closing a transfer of {} failed", key, e);
            }
            throw corrupt(key);
        }
        return opened;
    }

    private void over(ObjectKey key, CompletableFuture<Void> fill) {
        fills.remove(key, fill);
        fill.complete(null);
    }

    private boolean await(CompletableFuture<Void> fill, Duration timeout) {
        try {
            return time.await(fill, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Reads it to its end, by which it is stored. */
    static long drain(ObjectData.Cold cold) {
        try {
            return cold.body().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new LandfallException(
                    ErrorCode.REMOTE_UNAVAILABLE,
                    "Failed to read " + cold.info().key() + " from S3: " + e.getMessage() + "; try again later",
                    e);
        }
    }

    /** Whether S3 has what the record describes. */
    static boolean isSame(RemoteObject object, ObjectRecord record) {
        return object.etag().equals(record.remoteEtag())
                || object.is(record.generation(), record.size(), record.crc32c());
    }

    private static ObjectInfo info(ObjectKey key, RemoteObject object) {
        return new ObjectInfo(
                key,
                object.size(),
                RemoteErrors.etag(object),
                object.contentType(),
                object.metadata(),
                object.headers(),
                object.modified(),
                null,
                ObjectState.CLEAN,
                object.crc32c(),
                List.of(object.size()),
                null);
    }

    static LandfallException noSuchObject(ObjectKey key) {
        return new LandfallException(ErrorCode.NO_SUCH_OBJECT, "There is no object " + key);
    }

    private static LandfallException corrupt(ObjectKey key) {
        return new LandfallException(
                ErrorCode.CORRUPT_OBJECT,
                "The data of " + key + " do not match their checksum and were set aside, and S3 has another version");
    }
}
