package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What 200 OK means for a change; see docs/consistency.md. */
public enum WritebackMode {
    /** On disk; never on S3. */
    @JsonProperty("local")
    LOCAL,
    /** On disk and acknowledged by S3. */
    @JsonProperty("sync")
    SYNC,
    /** Data, metadata, dirty mark and event are on disk; S3 follows. */
    @JsonProperty("async")
    ASYNC;

    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** @throws LandfallException {@link ErrorCode#INVALID_ARGUMENT} for an unknown word */
    public static WritebackMode parse(String word) {
        for (WritebackMode mode : values()) {
            if (mode.wire().equals(word)) {
                return mode;
            }
        }
        throw new LandfallException(
                ErrorCode.INVALID_ARGUMENT, "Write-back mode \"" + word + "\" is not one of local, sync, async");
    }
}
