package dev.landfall.model;

/**
 * Maps a key to its partition exactly as Kafka's default partitioner does (murmur2 over the serialized key, seed 0x9747b28c, made
 * positive, modulo the number of partitions; see {@code org.apache.kafka.common.utils.Utils#murmur2}), so that any producer that uses
 * the same key reaches the partition that places the object.
 */
public final class Partitions {
    private Partitions() {}

    public static int of(ObjectKey key, int partitions) {
        return of(key.toBytes(), partitions);
    }

    public static int of(byte[] key, int partitions) {
        return (murmur2(key) & 0x7fffffff) % partitions;
    }

    private static int murmur2(byte[] data) {
        final int m = 0x5bd1e995;
        int h = 0x9747b28c ^ data.length;
        int whole = data.length / 4 * 4;
        for (int i = 0; i < whole; i += 4) {
            int k = data[i] & 0xff
                    | (data[i + 1] & 0xff) << 8
                    | (data[i + 2] & 0xff) << 16
                    | (data[i + 3] & 0xff) << 24;
            k *= m;
            k ^= k >>> 24;
            k *= m;
            h = h * m ^ k;
        }
        int tail = data.length - whole;
        if (tail > 0) {
            for (int i = tail - 1; i >= 0; i--) {
                h ^= (data[whole + i] & 0xff) << 8 * i;
            }
            h *= m;
        }
        h ^= h >>> 13;
        h *= m;
        return h ^ h >>> 15;
    }
}
