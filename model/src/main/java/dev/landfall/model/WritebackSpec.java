package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How a bucket writes back.
 *
 * @param mode default {@code local}, or {@code async} when a remote is named
 * @param remote where on the endpoint; needed by every mode but {@code local}
 * @param endpoint the name of a configured remote endpoint; default {@code default}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WritebackSpec(
        @Nullable WritebackMode mode,
        @Nullable RemoteLocation remote,
        @Nullable String endpoint) {
    public static final WritebackSpec LOCAL = new WritebackSpec(WritebackMode.LOCAL, null, null);

    public WritebackSpec {
        mode = mode != null ? mode : remote == null ? WritebackMode.LOCAL : WritebackMode.ASYNC;
        endpoint = endpoint == null && remote != null ? "default" : endpoint;
        if (mode != WritebackMode.LOCAL && remote == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "writeback.mode " + mode.wire() + " needs writeback.remote, for example s3://bucket/prefix");
        }
        if (mode == WritebackMode.LOCAL && remote != null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "writeback.mode local keeps nothing on S3: leave out writeback.remote");
        }
    }

    @JsonIgnore
    public WritebackMode effectiveMode() {
        return mode == null ? WritebackMode.LOCAL : mode;
    }
}
