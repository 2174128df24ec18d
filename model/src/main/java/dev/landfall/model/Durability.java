package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a commit waits for on the local disk. */
public enum Durability {
    /** The data file and its directory are synced before the commit: survives a power cut. */
    @JsonProperty("fsync")
    FSYNC,
    /** The data file is left to the kernel: survives the death of the process, not a power cut. */
    @JsonProperty("os")
    OS
}
