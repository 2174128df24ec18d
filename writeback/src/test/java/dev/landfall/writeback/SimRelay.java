package dev.landfall.writeback;

import dev.landfall.model.LandfallException;
import dev.landfall.targets.OutboxEntry;
import dev.landfall.targets.SimStore;
import java.time.Duration;

/**
 * A relay and its Kafka in the simulation, by the contract of the outbox: in order per partition, again when the answer was lost, trimmed
 * when it came. Acknowledged events are handed to {@link SimPromises}.
 */
final class SimRelay implements Runnable {
    private static final int PAGE = 8;

    private final SimLoop loop;
    private final SimWeather weather;
    private final SimProcess process;
    private final SimStore store;
    private final SimPromises promises;

    SimRelay(SimLoop loop, SimWeather weather, SimProcess process, SimStore store, SimPromises promises) {
        this.loop = loop;
        this.weather = weather;
        this.process = process;
        this.store = store;
        this.promises = promises;
    }

    @Override
    public void run() {
        while (true) {
            pause(20_000, 200_000);
            try {
                for (int partition : store.assigned()) {
                    relay(partition);
                }
            } catch (LandfallException e) {
                // Fenced: until the next start.
                return;
            }
        }
    }

    private void relay(int partition) {
        while (weather.brokerIsUp()) {
            var page = store.outbox(partition, -1, PAGE);
            for (OutboxEntry entry : page) {
                pause(500, 4000);
                if (!weather.brokerIsUp() || !weather.isFair() && loop.chance(0.05)) {
                    return;
                }
                promises.event(entry.event());
                if (!weather.isFair() && loop.chance(0.05)) {
                    // The answer is lost: it comes once more.
                    return;
                }
                store.trimOutbox(partition, entry.sequence());
            }
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    private void pause(long fromMicros, long toMicros) {
        process.sleep(Duration.ofNanos(loop.between(fromMicros, toMicros)));
    }
}
