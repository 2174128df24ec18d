package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.ErrorForm;
import dev.landfall.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Errors as S3 tells them: XML, with S3's codes where ours are called otherwise. */
public final class S3Errors implements ErrorForm {
    @Override
    public String contentType() {
        return Xml.CONTENT_TYPE;
    }

    @Override
    public byte[] write(ErrorCode code, String message, @Nullable String subject, String requestId) {
        Xml xml = Xml.document("Error", null)
                .text("Code", code(code))
                .text("Message", message)
                .text("Resource", subject == null ? "" : "/" + subject)
                .text("RequestId", requestId);
        return xml.end();
    }

    static String code(ErrorCode code) {
        return switch (code) {
            case NO_SUCH_OBJECT -> "NoSuchKey";
            case INVALID_OBJECT_NAME -> "InvalidArgument";
            case MALFORMED_XML -> "MalformedXML";
            case BUCKET_EXISTS -> "BucketAlreadyOwnedByYou";
            case BUSY, OUTBOX_FULL, DIRTY_LIMIT -> "SlowDown";
            case OWNER_UNAVAILABLE, CLUSTER_UNAVAILABLE, MOUNTPATH_FENCED, REMOTE_UNAVAILABLE, SHUTTING_DOWN ->
                "ServiceUnavailable";
            case NO_SUCH_ROUTE -> "InvalidRequest";
            default -> code.wire();
        };
    }
}
