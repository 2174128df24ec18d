package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** The machine's clocks, of which the monotonic one can be held: however slow the machine is, nothing comes to its end meanwhile. */
final class HeldTime implements TimeSource {
    private final TimeSource machine = TimeSource.system();
    private boolean held;
    private long at;

    synchronized void hold() {
        at = nanos();
        held = true;
    }

    /** As if all the time that was held passed at once. */
    synchronized void release() {
        held = false;
    }

    @Override
    public synchronized long nanos() {
        return held ? at : machine.nanos();
    }

    @Override
    public Instant now() {
        return machine.now();
    }

    @Override
    public void sleep(Duration duration) {
        machine.sleep(duration);
    }
}
