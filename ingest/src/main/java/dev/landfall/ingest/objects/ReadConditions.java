package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.writeback.ObjectInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The conditions of GET and HEAD, in the order of RFC 9110, 13.2.2: an ETag is asked in place of a date. */
final class ReadConditions {
    private ReadConditions() {}

    /**
     * Whether the reply is 304: the client has this version.
     *
     * @throws LandfallException {@code PRECONDITION_FAILED}
     */
    static boolean notModified(HttpCall call, ObjectInfo info) {
        String match = call.header("If-Match");
        if (match != null && !names(match, info.etag())) {
            throw new LandfallException(
                    ErrorCode.PRECONDITION_FAILED,
                    "The object has the ETag \"" + info.etag() + "\", which If-Match does not name");
        }
        Instant unmodified = HttpDates.read(call.header("If-Unmodified-Since"));
        if (match == null && unmodified != null && modified(info).isAfter(unmodified)) {
            throw new LandfallException(
                    ErrorCode.PRECONDITION_FAILED,
                    "The object was modified on " + HttpDates.write(info.modified())
                            + ", which is after If-Unmodified-Since");
        }
        String noneMatch = call.header("If-None-Match");
        if (noneMatch != null) {
            return names(noneMatch, info.etag());
        }
        Instant modified = HttpDates.read(call.header("If-Modified-Since"));
        return modified != null && !modified(info).isAfter(modified);
    }

    /** Whether a Range is of the version that the client has, as far as it says which. */
    static boolean isRangeOf(HttpCall call, ObjectInfo info) {
        String ifRange = call.header("If-Range");
        if (ifRange == null) {
            return true;
        }
        Instant date = HttpDates.read(ifRange);
        return date != null
                ? modified(info).equals(date)
                : ObjectHeaders.unquote(ifRange).equals(info.etag());
    }

    private static Instant modified(ObjectInfo info) {
        return info.modified().truncatedTo(ChronoUnit.SECONDS);
    }

    private static boolean names(String header, @Nullable String etag) {
        return Arrays.stream(header.split(","))
                .map(one -> one.strip().startsWith("W/") ? one.strip().substring(2) : one)
                .map(ObjectHeaders::unquote)
                .anyMatch(one -> one.equals("*") || one.equals(etag));
    }
}
