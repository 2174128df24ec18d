package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a user declares of a bucket, and what the cluster keeps of it.
 *
 * @param durability default {@code fsync} for {@code local} and {@code async}, {@code os} for {@code sync}
 * @param copies targets that hold an object before 200; only 1 is accepted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BucketSpec(
        @Nullable WritebackSpec writeback,
        @Nullable Durability durability,
        @Nullable Integer copies) {
    public BucketSpec {
        writeback = writeback == null ? WritebackSpec.LOCAL : writeback;
        copies = copies == null ? 1 : copies;
        if (copies != 1) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "copies must be 1 in this release");
        }
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
