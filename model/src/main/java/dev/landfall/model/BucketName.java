package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The name of a bucket, by the rules of Amazon S3: 3 to 63 of {@code a-z 0-9 . -}, beginning and ending with a letter or digit. */
public record BucketName(@JsonValue String value) implements Comparable<BucketName> {
    private static final Pattern VALID = Pattern.compile("[a-z0-9](?:[a-z0-9]|[.-](?![.-])){1,61}[a-z0-9]");

    /** @throws LandfallException {@link ErrorCode#INVALID_BUCKET_NAME} */
    @JsonCreator
    public BucketName {
        if (!VALID.matcher(value).matches()) {
            throw new LandfallException(
                    ErrorCode.INVALID_BUCKET_NAME,
                    "A bucket name has 3 to 63 lower-case letters, digits, single dots or single dashes, and begins and ends with a"
                            + " letter or digit");
        }
    }

    @Override
    public int compareTo(BucketName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
