package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.objects.HttpDates;
import dev.landfall.ingest.objects.ReadObject;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** What {@code x-amz-copy-source} and its conditions say. */
final class CopySource {
    private CopySource() {}

    /** The source, which the caller may read. */
    static ObjectKey of(S3Call call) {
        String header = String.valueOf(call.header("x-amz-copy-source"));
        int query = header.indexOf('?');
        if (query >= 0) {
            throw new LandfallException(ErrorCode.NOT_IMPLEMENTED, "There are no versions to copy from");
        }
        String decoded = Percent.decode(header);
        ObjectKey key = ObjectKey.parse(decoded.startsWith("/") ? decoded.substring(1) : decoded);
        call.http().caller().requireRead(key.bucket().value());
        return key;
    }

    /** @throws LandfallException {@code PRECONDITION_FAILED} */
    static void check(S3Call call, ReadObject.Opened source) {
        String match = call.header("x-amz-copy-source-if-match");
        String noneMatch = call.header("x-amz-copy-source-if-none-match");
        Instant unmodified = time(call.header("x-amz-copy-source-if-unmodified-since"));
        Instant modified = time(call.header("x-amz-copy-source-if-modified-since"));
        Instant changed = source.modified().truncatedTo(ChronoUnit.SECONDS);
        boolean holds = (match == null ? unmodified == null || !changed.isAfter(unmodified) : names(match, source))
                && (noneMatch == null ? modified == null || changed.isAfter(modified) : !names(noneMatch, source));
        if (!holds) {
            throw LandfallException.of(ErrorCode.PRECONDITION_FAILED);
        }
    }

    private static boolean names(String header, ReadObject.Opened source) {
        String bare = header.strip().replace("\"", "");
        return bare.equals("*") || bare.equals(source.etag());
    }

    private static @Nullable Instant time(@Nullable String header) {
        Instant time = HttpDates.read(header);
        if (header != null && time == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "A time is written like Fri, 24 May 2013 00:00:00 GMT");
        }
        return time;
    }
}
