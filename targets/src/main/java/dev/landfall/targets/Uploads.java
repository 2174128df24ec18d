package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.WritebackMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Multipart uploads on the mountpaths of this node. An upload and every part of it survive a power cut once the call that made them has
 * returned. Every method may be called from any thread; errors are as for {@link ObjectStore}, and {@code NO_SUCH_UPLOAD} for an upload that
 * is not there, {@code BUSY} while it is being completed.
 */
public interface Uploads {
    /** Part numbers end here. */
    int MOST_PARTS = 10_000;

    /** Open uploads on one mountpath. */
    int MOST_UPLOADS = 10_000;

    /** Uploads that nobody has completed by then are aborted. */
    Duration EXPIRE = Duration.ofDays(7);

    /**
     * Begins an upload.
     *
     * @throws dev.landfall.model.LandfallException {@code TOO_MANY_UPLOADS}
     */
    Upload create(
            ObjectKey key,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            @Nullable WritebackMode mode,
            ChangeCause cause);

    Upload find(ObjectKey key, String id);

    /**
     * Makes a body, from {@link ObjectStore#newBody} for the same key, a part of an upload: synced, whatever the durability of the bucket, for
     * until the upload is completed nobody else has it. A part of the same number is replaced. The body is taken in any case: when this
     * throws, it is gone.
     */
    UploadedPart put(ObjectKey key, String id, int number, BodyWriter body, String etag, Map<String, String> checksums);

    /** Without checksums to keep. */
    default UploadedPart put(ObjectKey key, String id, int number, BodyWriter body, String etag) {
        return put(key, id, number, body, etag, Map.of());
    }

    /** The parts by number, after {@code afterNumber} (exclusive; 0 for the start). */
    List<UploadedPart> parts(ObjectKey key, String id, int afterNumber, int limit);

    /**
     * Open uploads of a bucket with {@code prefix}, sorted by name, then by age, oldest first.
     *
     * @param afterName "" for the start
     * @param afterId exclusive, among the uploads of {@code afterName}; null to pass over all of them
     */
    List<Upload> list(BucketName bucket, String prefix, String afterName, @Nullable String afterId, int limit);

    /**
     * The body of the object that these parts, in this order, make up; to be committed with a {@link Change.Put} or an intent. From here
     * on the upload is being completed: a commit ends it, its other parts become garbage; closing the body, or a commit that fails, leaves
     * it as it was.
     *
     * @throws dev.landfall.model.LandfallException {@code INVALID_PART} when one of them was replaced meanwhile
     */
    BodyWriter assemble(ObjectKey key, String id, List<UploadedPart> parts);

    /** What a completed upload became, without its data files; kept for a day, for a Complete that is sent again. */
    Optional<ObjectRecord> completed(ObjectKey key, String id);

    /** Ends an upload; its parts become garbage. */
    void abort(ObjectKey key, String id);

    /**
     * Aborts the uploads that are older than {@code age}. The store does so by itself with {@link #EXPIRE}.
     *
     * @return how many
     */
    int expire(Duration age);
}
