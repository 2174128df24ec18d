package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.Durability;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of the partitions that this node owns, on its mountpaths. Every method may be called from any thread.
 *
 * <p>All methods that name a key throw {@link dev.landfall.model.LandfallException} with {@code NOT_OWNER} when its partition was not
 * {@link #assign assigned}, {@code MOUNTPATH_FENCED} when its disk has failed, {@code INSUFFICIENT_STORAGE} when it is full.
 */
public interface ObjectStore extends AutoCloseable {
    /** The identity of this store: made when its first mountpath was formatted. */
    String storeId();

    /** Whether the last run ended without {@link #close()}. */
    boolean uncleanStart();

    /** Says which partitions this node owns, and in which epoch. Replaces what was said before. */
    void assign(Map<Integer, Integer> epochByPartition);

    /**
     * Opens a new data file on the key's mountpath.
     *
     * @param expectedLength bytes, or -1 when unknown; used to refuse early what cannot fit
     */
    BodyWriter newBody(ObjectKey key, long expectedLength);

    /** The newest committed record, a tombstone too. */
    Optional<ObjectRecord> lookup(ObjectKey key);

    /**
     * Opens the data of a record and holds its file until closed. Empty when the record has been replaced and its file is gone: look the
     * key up again. A record whose file a power cut may have spoilt is verified first; a bad one throws {@code CORRUPT_OBJECT} and its
     * file is quarantined.
     */
    Optional<BodyReader> read(ObjectRecord record);

    /** Whether {@link #read} and sending the body need no more than opening one file: it is in one file, and nothing has to be verified. */
    default boolean isAtHand(ObjectRecord record) {
        return false;
    }

    /** Takes the next number of the key's partition as a generation, for a change that S3 must see before it is committed. */
    Generation reserve(ObjectKey key);

    /**
     * Commits a change: data file synced, its directory synced, one index batch with a synced WAL, as its durability asks. The future
     * completes after the commit is as durable as asked and visible to readers, relay and lanes; it completes exceptionally when nothing was
     * committed (the body is discarded then, as it is when the answer is {@link CommitResult.Rejected}, unless an intent names it). It is
     * always the future that carries the {@link dev.landfall.model.LandfallException}; this method throws nothing. What hangs on the
     * future may run on the committer's thread and must not block.
     *
     * <p>A commit of an intent that fails or is rejected leaves the intent and its file as they are. After a failure the caller tries
     * again, with {@link #recoverBody} and the same generation; after a rejection as {@code CHANGED} a newer record has replaced the change
     * for good, and the caller calls {@link #dropIntent}.
     *
     * <p>A change without a body passes on a full disk too; one with a body fails with {@code INSUFFICIENT_STORAGE} there.
     *
     * <p>Blocks while the change's file is synced and while the queue of the committer is full. A change that needs no sync may be committed
     * in the caller's thread, together with what hangs on commits.
     *
     * <p>A change with a reserved generation that is not newer than the current record is rejected as {@code CHANGED}.
     */
    CompletableFuture<CommitResult> commit(Change change);

    /** Whether {@link #commit} of a change that brings one data file would not block now. */
    default boolean commitsAtOnce(ObjectKey key, Durability durability) {
        return false;
    }

    /** The mountpath that holds the key's partition. */
    default Path mountpathOf(ObjectKey key) {
        return Path.of("");
    }

    /** The visible objects of a bucket on this node, sorted, with {@code prefix}, after {@code after} (exclusive; "" for the start). */
    List<ObjectRecord> list(BucketName bucket, String prefix, String after, int limit);

    // intents

    /**
     * Writes an intent, durably: from here on its data file survives a crash and failed commits, and start-up reports it. Until it is
     * committed or dropped, a cold {@link Change.Fill} of its key is rejected. When this throws there is no intent, and closing the body
     * discards it.
     */
    void saveIntent(Intent intent);

    /**
     * Forgets an intent whose change S3 refused for certain, or which a newer change has replaced: durably, and then its file. A commit of
     * its generation forgets it by itself.
     */
    void dropIntent(Intent intent);

    /** The intents that the last run left behind. */
    List<Intent> intents();

    /**
     * Takes over the body of an intent, to commit it: of an earlier run, or of this one when its commit has failed. Empty when its data file
     * is not whole any more.
     *
     * @throws dev.landfall.model.LandfallException {@code BUSY} while a commit of it is under way
     */
    Optional<BodyWriter> recoverBody(Intent intent);

    /** Multipart uploads. */
    Uploads uploads();

    /** The multipart upload of the key that was begun on S3 and has not ended there, as {@link #saveRemoteUpload} left it. */
    Optional<String> remoteUpload(ObjectKey key);

    /** Keeps what is said of a multipart upload on S3, durably, from before its first part leaves. @param upload null once it has ended */
    void saveRemoteUpload(ObjectKey key, @Nullable String upload);

    // the dirty index

    /**
     * Dirty and parked records of a partition, oldest first change first.
     *
     * @param afterOrder exclusive; -1 for the start
     */
    List<ObjectRecord> dirty(int partition, long afterOrder, int limit);

    /** Counts over all assigned partitions; a bucket of null means all. */
    DirtyStats dirtyStats(@Nullable BucketName bucket);

    // the outbox

    /** Committed entries of a partition in commit order, after {@code afterSequence} (exclusive; -1 for the start). */
    List<OutboxEntry> outbox(int partition, long afterSequence, int limit);

    /** Forgets the entries of a partition up to and including {@code sequence}: Kafka has them. */
    void trimOutbox(int partition, long sequence);

    /** Entries in the outbox of all partitions. */
    long outboxDepth();

    /** Called after each commit that changed a record, in commit order per partition, on the committer's thread: must not block. */
    void onCommit(Consumer<ObjectRecord> listener);

    /**
     * Removes tombstones that are older than {@code age}, clean, and whose event has left the outbox. The store does so by itself with an
     * age of one hour.
     *
     * @return how many were removed
     */
    default int reapTombstones(Duration age) {
        return 0;
    }

    /** Partitions assigned to this store. */
    List<Integer> assigned();

    /** Whether the key's partition is assigned to this store. */
    boolean owns(ObjectKey key);

    /** Waits for running commits, syncs what is unsynced, marks the run as clean. */
    @Override
    void close();
}
