package dev.landfall.targets;

import dev.landfall.model.DataFile;
import java.time.Instant;
import java.util.Map;

/**
 * A part of a multipart upload that is durably stored.
 *
 * @param number 1 to {@link Uploads#MOST_PARTS}
 * @param etag without quotes, as whoever uploaded it chose it
 * @param modified wall time, to the millisecond
 * @param checksums of its bytes that whoever uploaded it wanted to be kept, in base64, by the names of the algorithms
 */
public record UploadedPart(int number, DataFile file, String etag, Instant modified, Map<String, String> checksums) {
    public UploadedPart {
        checksums = Map.copyOf(checksums);
    }

    public long length() {
        return file.length();
    }
}
