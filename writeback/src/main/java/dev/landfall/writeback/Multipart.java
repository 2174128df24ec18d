package dev.landfall.writeback;

import dev.landfall.model.LandfallException;
import dev.landfall.writeback.RemoteStore.Upload;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * A large body in parts, one after the other. Nothing can be seen on S3 before the last call, so only that one can be unclear. The id of the
 * upload is kept before the first part leaves, and the next attempt, after a crash too, aborts it by that. An upload whose id never came, for
 * the reply was lost, is found by listing: there is never more than one attempt at a time.
 */
final class Multipart {
    private static final Logger LOG = LoggerFactory.getLogger(Multipart.class);
    private static final int MOST_PARTS = 10_000;

    private final S3Client s3;
    private final long partSize;

    Multipart(S3Client s3, long partSize) {
        this.s3 = s3;
        this.partSize = partSize;
    }

    Outcome put(String bucket, String key, Upload upload, RemoteCondition condition) {
        String id;
        try {
            abortOlder(bucket, key);
            var create = CreateMultipartUploadRequest.builder()
                    .bucket(bucket)
                    .key(key)
                    .metadata(upload.metadata());
            if (upload.contentType() != null) {
                create.contentType(upload.contentType());
            }
            create.overrideConfiguration(c -> upload.headers().forEach(c::putHeader));
            id = s3.createMultipartUpload(create.build()).uploadId();
        } catch (RuntimeException e) {
            return unseen(SdkErrors.outcome(e));
        }
        try {
            upload.begun().save(id);
        } catch (LandfallException e) {
            abort(bucket, key, id);
            return new Outcome.NotSent(e.getMessage());
        }
        return put(bucket, key, id, upload, condition);
    }

    private Outcome put(String bucket, String key, String id, Upload upload, RemoteCondition condition) {
        List<CompletedPart> parts;
        try {
            parts = send(bucket, key, id, upload);
        } catch (IOException | RuntimeException e) {
            end(bucket, key, id, upload);
            if (upload.content() instanceof FileContent file && file.spoilt()) {
                return new Outcome.Spoilt();
            }
            return e instanceof RuntimeException runtime
                    ? unseen(SdkErrors.outcome(runtime))
                    : new Outcome.NotSent("the data file cannot be read");
        }
        Outcome outcome = complete(bucket, key, id, parts, condition);
        if (outcome instanceof Outcome.Acknowledged) {
            ended(upload);
        } else if (!(outcome instanceof Outcome.Unclear)) {
            end(bucket, key, id, upload);
        }
        return outcome;
    }

    private List<CompletedPart> send(String bucket, String key, String id, Upload upload) throws IOException {
        long size = Math.max(partSize, Math.ceilDiv(upload.length(), MOST_PARTS));
        List<CompletedPart> parts = new ArrayList<>();
        try (InputStream in = upload.content().open()) {
            for (long sent = 0; sent < upload.length(); sent += size) {
                long length = Math.min(size, upload.length() - sent);
                int number = parts.size() + 1;
                var part = s3.uploadPart(
                        r -> r.bucket(bucket)
                                .key(key)
                                .uploadId(id)
                                .partNumber(number)
                                .contentLength(length),
                        RequestBody.fromContentProvider(
                                () -> new Slice(in, length), length, "application/octet-stream"));
                parts.add(CompletedPart.builder()
                        .partNumber(number)
                        .eTag(part.eTag())
                        .build());
            }
        }
        return parts;
    }

    private Outcome complete(
            String bucket, String key, String id, List<CompletedPart> parts, RemoteCondition condition) {
        var complete = CompleteMultipartUploadRequest.builder()
                .bucket(bucket)
                .key(key)
                .uploadId(id)
                .multipartUpload(m -> m.parts(parts));
        switch (condition) {
            case RemoteCondition.None none -> {}
            case RemoteCondition.IfAbsent absent -> complete.ifNoneMatch("*");
            case RemoteCondition.IfEtag(String etag) -> complete.ifMatch("\"" + etag + "\"");
        }
        try {
            String etag = s3.completeMultipartUpload(complete.build()).eTag();
            return new Outcome.Acknowledged(etag == null ? null : RemoteObject.unquoted(etag));
        } catch (RuntimeException e) {
            // The id is unknown once it was completed or aborted: a look at the object tells which.
            return SdkErrors.isNoSuchObject(e)
                    ? new Outcome.Unclear(true, "S3 does not know the upload any more")
                    : SdkErrors.outcome(e);
        }
    }

    private void abortOlder(String bucket, String key) {
        for (MultipartUpload older :
                s3.listMultipartUploads(r -> r.bucket(bucket).prefix(key)).uploads()) {
            if (key.equals(older.key())) {
                LOG.info("Aborting a multipart upload of {} that was left behind", key);
                abort(bucket, key, older.uploadId());
            }
        }
    }

    /** What S3 did not confirm stays kept: the next attempt aborts it. */
    private void end(String bucket, String key, String id, Upload upload) {
        if (abort(bucket, key, id) instanceof Outcome.Acknowledged) {
            ended(upload);
        }
    }

    private static void ended(Upload upload) {
        try {
            upload.begun().save(null);
        } catch (LandfallException e) {
            LOG.debug("A multipart upload that has ended is aborted once more by the next attempt", e);
        }
    }

    /** Of one that is not there: acknowledged. */
    Outcome abort(String bucket, String key, String id) {
        try {
            s3.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(id));
            return new Outcome.Acknowledged(null);
        } catch (RuntimeException e) {
            if (SdkErrors.isNoSuchObject(e)) {
                return new Outcome.Acknowledged(null);
            }
            LOG.debug("A multipart upload of {} was left behind; the next attempt aborts it", key, e);
            return SdkErrors.outcome(e);
        }
    }

    /** Of a call after which the object itself is as it was. */
    private static Outcome unseen(Outcome outcome) {
        return outcome instanceof Outcome.Refused ? outcome : new Outcome.NotSent(outcome.describe());
    }

    /** The next bytes of a stream that is read to its end over several parts. */
    private static final class Slice extends FilterInputStream {
        private long left;

        Slice(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            int read = left == 0 ? -1 : super.read(buffer, offset, (int) Math.min(count, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() {}
    }
}
