package dev.landfall.targets;

import dev.landfall.model.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The outbox of a mountpath. */
final class Outbox {
    private static final int TRIM_CHUNK = 1024;

    private final Entries index;
    private final AtomicLong depth = new AtomicLong();
    /** Partition → sequence up to which nothing is left, so that no scan passes over what was deleted there. */
    private final Map<Integer, Long> trimmed = new ConcurrentHashMap<>();

    Outbox(Entries index) {
        this.index = index;
    }

    void load() {
        index.scanAll(Column.OUTBOX, (key, value) -> {
            added();
            return true;
        });
    }

    void added() {
        depth.incrementAndGet();
    }

    long depth() {
        return depth.get();
    }

    boolean holds(int partition, long sequence) {
        return index.get(Column.OUTBOX, IndexKeys.ordered(partition, sequence)) != null;
    }

    List<OutboxEntry> read(int partition, long afterSequence, int limit) {
        var entries = new ArrayList<OutboxEntry>();
        if (limit > 0) {
            index.scan(Column.OUTBOX, start(partition, afterSequence), IndexKeys.endOf(partition), (key, value) -> {
                entries.add(new OutboxEntry(partition, IndexKeys.numberOf(key), EventCodec.decode(value)));
                return entries.size() < limit;
            });
        }
        return entries;
    }

    /** Not synced: after a power cut the relay sends some of them once more. */
    synchronized void trim(int partition, long sequence) {
        if (sequence <= trimmed.getOrDefault(partition, -1L)) {
            return;
        }
        while (true) {
            var batch = new Batch();
            index.scan(
                    Column.OUTBOX, start(partition, -1), IndexKeys.ordered(partition, sequence + 1), (key, value) -> {
                        batch.delete(Column.OUTBOX, key);
                        return batch.size() < TRIM_CHUNK;
                    });
            if (batch.isEmpty()) {
                return;
            }
            index.write(batch, false);
            depth.addAndGet(-batch.size());
            trimmed.put(partition, IndexKeys.numberOf(batch.ops().getLast().key()));
        }
    }

    private byte[] start(int partition, long afterSequence) {
        return IndexKeys.ordered(partition, Math.max(afterSequence, trimmed.getOrDefault(partition, -1L)) + 1);
    }
}
