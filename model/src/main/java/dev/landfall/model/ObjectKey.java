package dev.landfall.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The full name of an object: {@code bucket/name}. Its UTF-8 form is the key of every Kafka record about the object, and it is what the
 * index sorts by.
 *
 * @param name 1 to 1,024 bytes of UTF-8; no control characters, and no segment that is {@code .} or {@code ..}
 */
public record ObjectKey(BucketName bucket, String name) implements Comparable<ObjectKey> {
    public static final int MAX_NAME_BYTES = 1024;

    /** @throws LandfallException {@link ErrorCode#INVALID_OBJECT_NAME} */
    public ObjectKey {
        if (name.isEmpty()) {
            throw invalid("An object name must not be empty");
        }
        if (name.length() > MAX_NAME_BYTES || utf8(name).length > MAX_NAME_BYTES) {
            throw invalid("An object name has at most " + MAX_NAME_BYTES + " bytes in UTF-8");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < 0x20 || c == 0x7f || c == 0xfffd) {
                throw invalid("An object name must be valid UTF-8 without control characters");
            }
        }
        for (int from = 0, to; from <= name.length(); from = to + 1) {
            to = name.indexOf('/', from);
            to = to < 0 ? name.length() : to;
            if (name.regionMatches(from, ".", 0, to - from) && to - from == 1
                    || to - from == 2 && name.startsWith("..", from)) {
                throw invalid("An object name must not have a segment that is \".\" or \"..\"");
            }
        }
    }

    public static ObjectKey of(String bucket, String name) {
        return new ObjectKey(new BucketName(bucket), name);
    }

    /** Parses {@code bucket/name}. */
    public static ObjectKey parse(String key) {
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw invalid("A key is written bucket/name");
        }
        return of(key.substring(0, slash), key.substring(slash + 1));
    }

    /** The UTF-8 bytes of {@code bucket/name}. */
    public byte[] toBytes() {
        return utf8(toString());
    }

    public static ObjectKey fromBytes(byte[] bytes) {
        return parse(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Orders as the index does: by the unsigned bytes of the UTF-8 form of the whole key. */
    @Override
    public int compareTo(ObjectKey other) {
        return Arrays.compareUnsigned(toBytes(), other.toBytes());
    }

    @Override
    public String toString() {
        return bucket.value() + "/" + name;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static LandfallException invalid(String why) {
        return new LandfallException(ErrorCode.INVALID_OBJECT_NAME, why);
    }
}
