package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A place on a remote: {@code s3://bucket/prefix}. The object {@code name} is kept under {@code prefix/name}; without a prefix under
 * {@code name}.
 */
public record RemoteLocation(String bucket, String prefix) {
    /** @throws LandfallException {@link ErrorCode#INVALID_ARGUMENT} */
    @JsonCreator
    public static RemoteLocation parse(String uri) {
        String rest = uri.startsWith("s3://") ? uri.substring(5) : "";
        int slash = rest.indexOf('/');
        String bucket = slash < 0 ? rest : rest.substring(0, slash);
        String prefix = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("/+$", "");
        if (bucket.length() < 3 || bucket.length() > 63 || prefix.startsWith("/") || prefix.contains("//")) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "A remote is written s3://bucket or s3://bucket/prefix");
        }
        return new RemoteLocation(bucket, prefix);
    }

    public String remoteKey(String objectName) {
        return prefix.isEmpty() ? objectName : prefix + "/" + objectName;
    }

    /** Whether an object of one place could be an object of the other. */
    public boolean overlaps(RemoteLocation other) {
        return bucket.equals(other.bucket) && (under(prefix, other.prefix) || under(other.prefix, prefix));
    }

    private static boolean under(String above, String below) {
        return above.isEmpty() || below.equals(above) || below.startsWith(above + "/");
    }

    @JsonValue
    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
