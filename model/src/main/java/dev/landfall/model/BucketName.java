package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of a bucket, by the rules of Amazon S3: 3 to 63 of {@code a-z 0-9 . -}, beginning and ending with a letter or digit. */
public record BucketName(@JsonValue String value) implements Comparable<BucketName> {
    /** @throws LandfallException {@link ErrorCode#INVALID_BUCKET_NAME} */
    @JsonCreator
    public BucketName {
        if (!isValid(value)) {
            throw new LandfallException(
                    ErrorCode.INVALID_BUCKET_NAME,
                    "A bucket name has 3 to 63 lower-case letters, digits, single dots or single dashes, and begins and ends with a"
                            + " letter or digit");
        }
    }

    /** A loop, for every request has a name. */
    private static boolean isValid(String name) {
        if (name.length() < 3 || name.length() > 63) {
            return false;
        }
        boolean separated = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean separator = c == '.' || c == '-';
            if (separator ? separated : !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9')) {
                return false;
            }
            separated = separator;
        }
        return !separated;
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
