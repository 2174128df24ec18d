package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a user declares of a bucket, and what the cluster keeps of it.
 *
 * @param durability default {@code fsync} for {@code local} and {@code async}, {@code os} for {@code sync}
 * @param copies targets that hold an object before 200; only 1 is accepted
 * @param created when, to the millisecond: set by the node that was asked for the bucket, never by the user. Null in what a user declares,
 *     and of buckets that were made before there was such a date
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BucketSpec(
        @Nullable WritebackSpec writeback,
        @Nullable Durability durability,
        @Nullable Integer copies,
        @Nullable Instant created) {
    public BucketSpec {
        writeback = writeback == null ? WritebackSpec.LOCAL : writeback;
        copies = copies == null ? 1 : copies;
        if (copies != 1) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "copies must be 1 in this release");
        }
    }

    /** What a user declares. */
    public BucketSpec(@Nullable WritebackSpec writeback, @Nullable Durability durability, @Nullable Integer copies) {
        this(writeback, durability, copies, null);
    }

    /** This one with another date. */
    public BucketSpec createdAt(@Nullable Instant when) {
        return new BucketSpec(writeback, durability, copies, when == null ? null : when.truncatedTo(ChronoUnit.MILLIS));
    }

    /** Whether both declare the same, whenever they were made. */
    public boolean declaresTheSameAs(BucketSpec other) {
        return createdAt(null).equals(other.createdAt(null));
    }

    public static BucketSpec local() {
        return new BucketSpec(null, null, null);
    }

    public static BucketSpec remote(WritebackMode mode, String location) {
        return new BucketSpec(new WritebackSpec(mode, RemoteLocation.parse(location), null), null, null);
    }

    @JsonIgnore
    public WritebackMode mode() {
        return writeback == null ? WritebackMode.LOCAL : writeback.effectiveMode();
    }

    @JsonIgnore
    public @Nullable RemoteLocation location() {
        return writeback == null ? null : writeback.remote();
    }

    /** The durability of a change made in {@code mode}. */
    public Durability durabilityIn(WritebackMode mode) {
        return durability != null ? durability : mode == WritebackMode.SYNC ? Durability.OS : Durability.FSYNC;
    }
}
