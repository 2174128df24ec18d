package dev.landfall.writeback;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.LandfallException;
import java.util.Map;

/** The limits of what describes an object: metadata, kept headers, a chosen ETag. */
final class Description {
    private static final int MAX_ETAG = 48;

    private Description() {}

    /** @throws LandfallException {@code METADATA_TOO_LARGE}, {@code INVALID_ARGUMENT} */
    static void check(PutRequest request, BucketSpec spec) {
        check(request.metadata(), request.headers(), spec);
        checkEtag(request.etag());
    }

    static void check(Map<String, String> metadata, Map<String, String> headers, BucketSpec spec) {
        KeptHeaders.check(headers);
        KeptHeaders.checkMetadata(metadata);
        if (spec.location() != null) {
            long bytes = RemoteObject.OWN_BYTES;
            for (var entry : RemoteObject.encoded(metadata).entrySet()) {
                bytes += entry.getKey().length() + entry.getValue().length();
            }
            if (bytes > KeptHeaders.MAX_METADATA_BYTES) {
                throw new LandfallException(
                        ErrorCode.METADATA_TOO_LARGE,
                        "S3 takes " + KeptHeaders.MAX_METADATA_BYTES + " bytes of metadata, of which Landfall needs "
                                + RemoteObject.OWN_BYTES + "; as S3 counts, this has "
                                + (bytes - RemoteObject.OWN_BYTES));
            }
        }
    }

    static void checkEtag(@org.jspecify.annotations.Nullable String etag) {
        if (etag != null
                && (etag.isEmpty()
                        || etag.length() > MAX_ETAG
                        || etag.chars().anyMatch(c -> c <= 0x20 || c > 0x7e || c == '"'))) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "An ETag has at most " + MAX_ETAG + " printable ASCII characters and no quotes");
        }
    }
}
