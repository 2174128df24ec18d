package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keys and small values of the index. Numbers are big-endian, so that byte order is number order. */
final class IndexKeys {
    /** Leads every small value of the index. */
    static final byte VERSION = 1;

    private IndexKeys() {}

    static byte[] meta(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** Of the multipart upload that is open on S3. */
    static byte[] remoteUpload(ObjectKey key) {
        return meta("remote-upload/" + key);
    }

    /** Of the dirty index and of the outbox. */
    static byte[] ordered(int partition, long number) {
        return ByteBuffer.allocate(10)
                .putShort((short) partition)
                .putLong(number)
                .array();
    }

    /** The exclusive end of a partition's range. */
    static byte[] endOf(int partition) {
        return ByteBuffer.allocate(4).putInt((partition + 1) << 16).array();
    }

    static int partitionOf(byte[] ordered) {
        return ByteBuffer.wrap(ordered).getShort() & 0xffff;
    }

    static long numberOf(byte[] ordered) {
        return ByteBuffer.wrap(ordered).getLong(2);
    }

    static byte[] file(long fileId) {
        return ByteBuffer.allocate(8).putLong(fileId).array();
    }

    static long fileIdOf(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    /** A name holds no control characters, so 0 ends it. */
    static byte[] intent(ObjectKey key, Generation generation) {
        byte[] name = key.toBytes();
        return ByteBuffer.allocate(name.length + 9)
                .put(name)
                .put((byte) 0)
                .putLong(generation.value())
                .array();
    }

    static ObjectKey keyOfIntent(byte[] intent) {
        return ObjectKey.fromBytes(Arrays.copyOf(intent, intent.length - 9));
    }

    /** Of a part; {@code upload} is the key of its upload, as {@link #intent} makes it. */
    static byte[] part(byte[] upload, int number) {
        return ByteBuffer.allocate(upload.length + 2)
                .put(upload)
                .putShort((short) number)
                .array();
    }

    static int numberOfPart(byte[] part) {
        return ByteBuffer.wrap(part).getShort(part.length - 2) & 0xffff;
    }

    static byte[] uploadOfPart(byte[] part) {
        return Arrays.copyOf(part, part.length - 2);
    }

    /** Of an intent's key, or of an upload's. */
    static Generation generationOf(byte[] intent) {
        return new Generation(ByteBuffer.wrap(intent).getLong(intent.length - 8));
    }

    static byte[] tombstone(long millis, ObjectKey key) {
        byte[] name = key.toBytes();
        return ByteBuffer.allocate(8 + name.length).putLong(millis).put(name).array();
    }

    static ObjectKey keyOfTombstone(byte[] tombstone) {
        return ObjectKey.fromBytes(Arrays.copyOfRange(tombstone, 8, tombstone.length));
    }

    /** A versioned list of numbers. */
    static byte[] numbers(long... numbers) {
        var buffer = ByteBuffer.allocate(1 + 8 * numbers.length).put(VERSION);
        for (long number : numbers) {
            buffer.putLong(number);
        }
        return buffer.array();
    }

    /** @throws IllegalStateException for a version this release does not know */
    static ByteBuffer numbersOf(byte[] value, String what) {
        if (value[0] != VERSION) {
            throw new IllegalStateException(what + " has version " + value[0] + "; this release reads " + VERSION);
        }
        return ByteBuffer.wrap(value, 1, value.length - 1);
    }
}
