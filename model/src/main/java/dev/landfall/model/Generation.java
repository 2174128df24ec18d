package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The version of an object: 64 bits, the epoch of its partition (high 24) and the partition's counter (low 40). Grows with every change
 * of a key, never comes from a clock and is never used twice. As fixed-width hex it is the S3 {@code sequencer}.
 */
public record Generation(long value) implements Comparable<Generation> {
    public static final int COUNTER_BITS = 40;
    public static final long MAX_COUNTER = (1L << COUNTER_BITS) - 1;
    public static final int MAX_EPOCH = (1 << 24) - 1;

    public static Generation of(int epoch, long counter) {
        if (epoch < 0 || epoch > MAX_EPOCH || counter < 0 || counter > MAX_COUNTER) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + ", counter " + counter + " do not fit in 24 and 40 bits");
        }
        return new Generation((long) epoch << COUNTER_BITS | counter);
    }

    /** Parses {@link #toString()}. */
    @JsonCreator
    public static Generation parse(String hex) {
        return new Generation(Long.parseUnsignedLong(hex, 16));
    }

    public int epoch() {
        return (int) (value >>> COUNTER_BITS);
    }

    public long counter() {
        return value & MAX_COUNTER;
    }

    @Override
    public int compareTo(Generation other) {
        return Long.compareUnsigned(value, other.value);
    }

    public boolean isAfter(Generation other) {
        return compareTo(other) > 0;
    }

    /** 16 hex digits: text order is generation order. */
    @JsonValue
    @Override
    public String toString() {
        return java.util.HexFormat.of().toHexDigits(value);
    }
}
