package dev.landfall.topology;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Of a job, and of each node's share of it. */
enum JobState {
    RUNNING,
    /** Of a job only: some shares have not stopped yet. */
    CANCELLING,
    DONE,
    FAILED,
    CANCELLED;

    @JsonValue
    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
