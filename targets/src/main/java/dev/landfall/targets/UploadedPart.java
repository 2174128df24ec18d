package dev.landfall.targets;

import dev.landfall.model.DataFile;
import java.time.Instant;

/**
 * A part of a multipart upload that is durably stored.
 *
 * @param number 1 to {@link Uploads#MOST_PARTS}
 * @param etag without quotes, as whoever uploaded it chose it
 * @param modified wall time, to the millisecond
 */
public record UploadedPart(int number, DataFile file, String etag, Instant modified) {
    public long length() {
        return file.length();
    }
}
