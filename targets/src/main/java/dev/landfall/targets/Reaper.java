package dev.landfall.targets;

import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Removes tombstones that nobody needs any more: S3 has confirmed, Kafka has the event, and they are old enough. */
final class Reaper {
    private static final int CHUNK = 1000;

    private final Mountpath mountpath;
    private final TimeSource time;

    Reaper(Mountpath mountpath, TimeSource time) {
        this.mountpath = mountpath;
        this.time = time;
    }

    /** @return how many were removed */
    int reap(Duration age) {
        // Wall time only says how long one is kept; what may go is decided by the record and the outbox.
        long before = time.now().minus(age).toEpochMilli();
        byte[] end = ByteBuffer.allocate(8).putLong(Math.max(before + 1, 0)).array();
        var candidates = new ArrayList<ObjectRecord>();
        mountpath.index().scan(Column.TOMBSTONES, new byte[0], end, (key, value) -> {
            consider(
                    IndexKeys.keyOfTombstone(key),
                    IndexKeys.numbersOf(value, "A tombstone").getLong(),
                    candidates);
            return candidates.size() < CHUNK;
        });
        var removals = new ArrayList<CompletableFuture<CommitResult>>();
        for (ObjectRecord tombstone : candidates) {
            var future = new CompletableFuture<CommitResult>();
            mountpath.submit(new Work.Reap(tombstone.key(), tombstone.generation(), future));
            removals.add(future);
        }
        return (int) removals.stream().filter(Reaper::removed).count();
    }

    private void consider(ObjectKey key, long sequence, ArrayList<ObjectRecord> candidates) {
        int partition = mountpath.partitionOf(key);
        ObjectRecord record = mountpath.find(key);
        if (record != null
                && record.tombstone()
                && record.dirtySince() == null
                && mountpath.isAssigned(partition)
                && !mountpath.outbox().holds(partition, sequence)) {
            candidates.add(record);
        }
    }

    private static boolean removed(CompletableFuture<CommitResult> removal) {
        try {
            return removal.join() instanceof CommitResult.Committed;
        } catch (CompletionException e) {
            if (e.getCause() instanceof LandfallException) {
                return false;
            }
            throw e;
        }
    }
}
