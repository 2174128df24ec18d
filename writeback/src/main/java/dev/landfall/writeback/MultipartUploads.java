package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.targets.BodyWriter;
import dev.landfall.targets.Condition;
import dev.landfall.targets.ObjectStore;
import dev.landfall.targets.Upload;
import dev.landfall.targets.UploadedPart;
import dev.landfall.targets.Uploads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Multipart uploads of the keys of this node, by S3's rules. Until it is completed, an upload is not to be seen anywhere else, S3 included.
 * Uploads and parts survive a crash and a power cut; what nobody completes is aborted after {@link Uploads#EXPIRE}. Every method may be
 * called from any thread; errors are {@link LandfallException}s.
 */
public final class MultipartUploads {
    /** Every part but the last has at least this many bytes. */
    public static final long SMALLEST_PART = 5L << 20;

    private final TieredStore tiered;
    private final ObjectStore store;

    MultipartUploads(TieredStore tiered, ObjectStore store) {
        this.tiered = tiered;
        this.store = store;
    }

    /**
     * Begins an upload.
     *
     * @param request of the object it will be; length, condition, ETag and origin are not looked at
     * @throws LandfallException {@code NO_SUCH_BUCKET}, {@code METADATA_TOO_LARGE}, {@code TOO_MANY_UPLOADS}, {@code DIRTY_LIMIT}
     */
    public Upload create(ObjectKey key, PutRequest request) {
        BucketSpec spec = tiered.admit(key, 0, request.mode());
        var metadata = RemoteObject.withoutOwn(request.metadata());
        Description.check(metadata, request.headers(), spec);
        return store.uploads()
                .create(key, request.contentType(), metadata, request.headers(), request.mode(), request.cause());
    }

    /** @throws LandfallException {@code NO_SUCH_UPLOAD} */
    public Upload find(ObjectKey key, String uploadId) {
        return store.uploads().find(key, uploadId);
    }

    /**
     * Opens the body of a part.
     *
     * @param number 1 to {@link Uploads#MOST_PARTS}
     * @param length bytes, or -1 when unknown
     * @throws LandfallException {@code NO_SUCH_UPLOAD}, {@code INVALID_ARGUMENT}, {@code INSUFFICIENT_STORAGE}
     */
    public PartSession uploadPart(ObjectKey key, String uploadId, int number, long length) {
        if (number < 1 || number > Uploads.MOST_PARTS) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "A part number is between 1 and " + Uploads.MOST_PARTS + ", not " + number);
        }
        Upload upload = store.uploads().find(key, uploadId);
        tiered.admit(key, 0, upload.mode());
        return new Part(key, uploadId, number, length, store.newBody(key, length));
    }

    /**
     * The parts by number.
     *
     * @param afterNumber exclusive; 0 for the start
     * @throws LandfallException {@code NO_SUCH_UPLOAD}
     */
    public List<UploadedPart> parts(ObjectKey key, String uploadId, int afterNumber, int limit) {
        return store.uploads().parts(key, uploadId, afterNumber, limit);
    }

    /**
     * The open uploads of this node's keys in a bucket, sorted by name, then by age, oldest first.
     *
     * @param afterName "" for the start
     * @param afterId exclusive, among the uploads of {@code afterName}; null to pass over all of them
     */
    public List<Upload> list(BucketName bucket, String prefix, String afterName, @Nullable String afterId, int limit) {
        tiered.spec(bucket);
        return store.uploads().list(bucket, prefix, afterName, afterId, limit);
    }

    /**
     * Makes the object land, of exactly these parts; returns when the promise of the bucket's mode holds. Sent again after it succeeded,
     * with the same parts and within a day, it changes nothing and answers {@code ALREADY_STORED} with the record it made, even if the
     * object has been replaced or deleted meanwhile.
     *
     * @param condition that must hold of the object of this name, as for a PUT
     * @throws LandfallException {@code NO_SUCH_UPLOAD}; {@code INVALID_PART_ORDER} unless the numbers ascend; {@code INVALID_PART} for one
     *     that was not uploaded or has another ETag; {@code ENTITY_TOO_SMALL}; {@code BUSY} while another Complete of it is under way; and
     *     what {@link PutSession#commit} throws. The upload stays as it was, unless it is {@code OUTCOME_UNKNOWN}: then it is completed
     *     (rolled forward), or will be
     */
    public PutOutcome complete(
            ObjectKey key,
            String uploadId,
            List<CompletedPart> parts,
            Condition condition,
            @Nullable String traceparent) {
        checkOrder(parts);
        Upload upload;
        List<UploadedPart> stored;
        try {
            upload = store.uploads().find(key, uploadId);
            stored = store.uploads().parts(key, uploadId, 0, Uploads.MOST_PARTS);
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.NO_SUCH_UPLOAD) {
                return repeated(key, uploadId, parts, e);
            }
            throw e;
        }
        List<UploadedPart> chosen = choose(parts, stored);
        long length = chosen.stream().mapToLong(UploadedPart::length).sum();
        var request = new PutRequest(
                length,
                upload.contentType(),
                upload.metadata(),
                upload.headers(),
                MultipartEtag.of(parts),
                upload.mode(),
                upload.cause(),
                condition,
                null,
                traceparent);
        BucketSpec spec = tiered.admit(key, length, upload.mode());
        try (BodyWriter body = assemble(key, uploadId, chosen, parts)) {
            if (body == null) {
                return repeated(key, uploadId, parts, null);
            }
            return tiered.commit(spec, request.mode(), key.bucket()).put(key, request, upload.metadata(), spec, body);
        }
    }

    /**
     * Ends an upload and frees its parts.
     *
     * @throws LandfallException {@code NO_SUCH_UPLOAD}, {@code BUSY} while it is being completed
     */
    public void abort(ObjectKey key, String uploadId) {
        store.uploads().abort(key, uploadId);
    }

    /** Null when somebody else has just completed it. */
    private @Nullable BodyWriter assemble(
            ObjectKey key, String uploadId, List<UploadedPart> chosen, List<CompletedPart> parts) {
        try {
            return store.uploads().assemble(key, uploadId, chosen);
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.NO_SUCH_UPLOAD
                    && store.uploads().completed(key, uploadId).isPresent()) {
                return null;
            }
            throw e;
        }
    }

    private PutOutcome repeated(
            ObjectKey key, String uploadId, List<CompletedPart> parts, @Nullable LandfallException unknown) {
        ObjectRecord made = store.uploads().completed(key, uploadId).orElse(null);
        if (made == null || !made.etag().equals(MultipartEtag.of(parts))) {
            throw unknown != null ? unknown : LandfallException.of(ErrorCode.NO_SUCH_UPLOAD);
        }
        ObjectRecord current = store.lookup(key)
                .filter(record -> record.generation().equals(made.generation()))
                .orElse(made);
        return new PutOutcome(PutOutcome.Kind.ALREADY_STORED, current);
    }

    private static void checkOrder(List<CompletedPart> parts) {
        if (parts.isEmpty() || parts.size() > Uploads.MOST_PARTS) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "Name the parts of the upload: 1 to " + Uploads.MOST_PARTS);
        }
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i).number() <= parts.get(i - 1).number()) {
                throw new LandfallException(
                        ErrorCode.INVALID_PART_ORDER,
                        "Part " + parts.get(i).number() + " comes after part "
                                + parts.get(i - 1).number() + "; name each part once, in ascending order");
            }
        }
    }

    private static List<UploadedPart> choose(List<CompletedPart> parts, List<UploadedPart> stored) {
        var chosen = new ArrayList<UploadedPart>(parts.size());
        int at = 0;
        for (CompletedPart wanted : parts) {
            while (at < stored.size() && stored.get(at).number() < wanted.number()) {
                at++;
            }
            if (at == stored.size()
                    || stored.get(at).number() != wanted.number()
                    || !stored.get(at)
                            .etag()
                            .equals(RemoteObject.unquoted(wanted.etag().strip()))) {
                throw new LandfallException(
                        ErrorCode.INVALID_PART,
                        "Part " + wanted.number() + " was not uploaded, or has another ETag; list the parts to see");
            }
            chosen.add(stored.get(at));
        }
        for (UploadedPart part : chosen.subList(0, chosen.size() - 1)) {
            if (part.length() < SMALLEST_PART) {
                throw new LandfallException(
                        ErrorCode.ENTITY_TOO_SMALL,
                        "Part " + part.number() + " has " + part.length()
                                + " bytes; every part but the last has at least " + SMALLEST_PART);
            }
        }
        return chosen;
    }

    private final class Part implements PartSession {
        private final ObjectKey key;
        private final String uploadId;
        private final int number;
        private final long declared;
        private final BodyWriter body;

        Part(ObjectKey key, String uploadId, int number, long declared, BodyWriter body) {
            this.key = key;
            this.uploadId = uploadId;
            this.number = number;
            this.declared = declared;
            this.body = body;
        }

        @Override
        public void write(ByteBuffer bytes) {
            if (declared >= 0 && body.length() + bytes.remaining() > declared) {
                throw Session.wrongLength("part " + number + " of " + key, "longer", declared);
            }
            body.write(bytes);
        }

        @Override
        public void copyFrom(ObjectData source, long first, long count) {
            Appends.append(body, source, first, count);
        }

        @Override
        public long length() {
            return body.length();
        }

        @Override
        public UploadedPart commit(String etag, Map<String, String> checksums) {
            if (declared >= 0 && body.length() != declared) {
                throw Session.wrongLength(
                        "part " + number + " of " + key, body.length() < declared ? "shorter" : "longer", declared);
            }
            Description.checkEtag(etag);
            return store.uploads().put(key, uploadId, number, body, etag, checksums);
        }

        @Override
        public void close() {
            body.close();
        }
    }
}
