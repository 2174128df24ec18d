package dev.landfall.model;

import java.util.Locale;

/** Why an object changed; stands in the event. */
public enum ChangeCause {
    CLIENT,
    PROMOTE,
    PIPELINE;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
