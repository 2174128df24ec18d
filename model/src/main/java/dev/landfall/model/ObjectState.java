package dev.landfall.model;

import java.util.Locale;

/** Where the newest generation of an object stands with respect to S3. An object of a bucket without a remote is always clean. */
public enum ObjectState {
    CLEAN,
    DIRTY,
    PARKED;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
