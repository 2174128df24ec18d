package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import java.time.Duration;

/**
 * Whether an endpoint answers. While it does not, only a few attempts a second are let through, one at a time, however many keys wait: an outage under
 * load must not burn the processor. The first answer lets everybody try again at once.
 */
final class Health {
    private static final int SILENT_IN_A_ROW = 8;
    private static final long TRIAL_NANOS = Duration.ofMillis(250).toNanos();

    private final TimeSource time;
    private final Runnable onHeal;
    private int silent;
    private boolean trying;
    private long nextTrial;

    /** @param onHeal called when it answers again; must not block */
    Health(TimeSource time, Runnable onHeal) {
        this.time = time;
        this.onHeal = onHeal;
    }

    /** Whether an attempt may be made. */
    enum Leave {
        NO,
        YES,
        /** Alone: {@link #trialOver} afterwards. */
        TRIAL
    }

    synchronized Leave ask() {
        if (silent < SILENT_IN_A_ROW) {
            return Leave.YES;
        }
        long now = time.nanos();
        if (trying || now - nextTrial < 0) {
            return Leave.NO;
        }
        trying = true;
        nextTrial = now + TRIAL_NANOS;
        return Leave.TRIAL;
    }

    synchronized void trialOver() {
        trying = false;
    }

    synchronized boolean isSilent() {
        return silent >= SILENT_IN_A_ROW;
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
