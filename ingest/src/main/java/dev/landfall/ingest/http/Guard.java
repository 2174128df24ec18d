package dev.landfall.ingest.http;

import org.jspecify.annotations.Nullable;

/**
 * Who may come in at a door.
 *
 * @param strict whether nobody comes in without credentials; only then may other machines reach the door
 * @param peerKey what nodes say to each other; null where being on this machine is enough
 * @param errors how errors are told that no route has a form for
 */
public record Guard(boolean strict, Gate gate, @Nullable String peerKey, ErrorForm errors) {
    /** For this machine only. */
    public static final Guard LOOPBACK = new Guard(false, Gate.OPEN, null, ErrorForm.JSON);

    @Override
    public String toString() {
        return "Guard[strict=" + strict + "]";
    }
}
