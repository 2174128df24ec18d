package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import java.time.Duration;

/**
 * Whether an endpoint answers. While it does not, only a few attempts a second are let through, however many keys wait: an outage under
 * load must not burn the processor. The first answer lets everybody try again at once.
 */
final class Health {
    private static final int SILENT_IN_A_ROW = 8;
    private static final long TRIAL_NANOS = Duration.ofMillis(250).toNanos();

    private final TimeSource time;
    private final Runnable onHeal;
    private int silent;
    private long nextTrial;

    /** @param onHeal called when it answers again; must not block */
    Health(TimeSource time, Runnable onHeal) {
        this.time = time;
        this.onHeal = onHeal;
    }

    synchronized boolean mayTry() {
        if (silent < SILENT_IN_A_ROW) {
            return true;
        }
        long now = time.nanos();
        if (now - nextTrial < 0) {
            return false;
        }
        nextTrial = now + TRIAL_NANOS;
        return true;
    }

    /** It has said something, be it a refusal. */
    void answered() {
        boolean healed;
        synchronized (this) {
            healed = silent > 0;
            silent = 0;
        }
        if (healed) {
            onHeal.run();
        }
    }

    /** It could not be reached, did not answer, or was overloaded. */
    synchronized void silent() {
        silent++;
        if (silent == SILENT_IN_A_ROW) {
            nextTrial = time.nanos() + TRIAL_NANOS;
        }
    }
}
