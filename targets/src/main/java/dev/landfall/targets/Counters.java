package dev.landfall.targets;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** The counters of a mountpath's partitions. */
final class Counters {
    private final Entries index;
    private final Map<Integer, Counter> byPartition = new HashMap<>();

    Counters(Entries index) {
        this.index = index;
    }

    synchronized Counter of(int partition) {
        return byPartition.computeIfAbsent(partition, p -> new Counter(this, index, p));
    }

    /** Enters the epochs of these partitions, durably and all at once. */
    synchronized void enterEpochs(Map<Integer, Integer> epochs) {
        var batch = new Batch();
        var steps = new ArrayList<Runnable>();
        epochs.forEach((partition, epoch) -> steps.add(of(partition).prepareEpoch(epoch, batch)));
        if (!batch.isEmpty()) {
            index.write(batch, true);
        }
        steps.forEach(Runnable::run);
    }
}
