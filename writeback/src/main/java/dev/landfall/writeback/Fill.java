package dev.landfall.writeback;

import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Change;
import dev.landfall.targets.ObjectStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commit at the end of a cold read.
 *
 * @param mode null when nothing is to be stored
 * @param expected of the record whose data are replaced; null for a key without a record
 */
record Fill(
        ObjectStore store,
        CommitGate gate,
        IntentRecovery intents,
        @Nullable WritebackMode mode,
        @Nullable Generation expected) {
    private static final Logger LOG = LoggerFactory.getLogger(Fill.class);
    /** Storing it is only a convenience: the reader must not wait for a sync change to end. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    /** Loses against anything newer, silently: the reader has what S3 had when it asked. */
    void commit(ObjectKey key, RemoteObject object, BodyWriter body) {
        try (body) {
            if (mode == null) {
                return;
            }
            // A fill of a key without a record takes a new generation, which must not overtake that of a sync change on
            // its way: S3 may already have it.
            gate.enterShared(key, PATIENCE);
            try {
                if (!intents.isPending(key)) {
                    commit(key, object, body, mode);
                }
            } finally {
                gate.leaveShared(key);
            }
        } catch (LandfallException e) {
            LOG.warn("{} was read from S3 but could not be stored here: {}", key, e.getMessage());
        }
    }

    private void commit(ObjectKey key, RemoteObject object, BodyWriter body, WritebackMode as) {
        Commits.await(store.commit(new Change.Fill(
                key,
                body,
                object.contentType(),
                object.metadata(),
                object.headers(),
                object.modified(),
                RemoteErrors.etag(object),
                object.etag(),
                as,
                expected)));
    }
}
