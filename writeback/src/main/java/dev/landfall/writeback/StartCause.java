package dev.landfall.writeback;

import java.util.Locale;

/** What brought a lane to work. */
enum StartCause {
    /** The committed change itself. */
    EVENT,
    /** It was found in the dirty index. */
    SWEEP,
    /** It was dirty when the node started. */
    RECOVERY;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
