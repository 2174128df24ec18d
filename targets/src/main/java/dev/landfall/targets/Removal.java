package dev.landfall.targets;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Partitions;
import dev.landfall.model.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Removes what a mountpath has of a partition that it does not hold: a copy that was not finished, or what was given away. */
final class Removal {
    private static final int CHUNK = 500;

    private final Mountpath mountpath;
    private final int partition;
    private final int partitions;
    private final BooleanSupplier cancelled;

    Removal(Mountpath mountpath, int partition, BooleanSupplier cancelled) {
        this.mountpath = mountpath;
        this.partition = partition;
        this.partitions = mountpath.places().partitions();
        this.cancelled = cancelled;
    }

    void run() {
        removeRecords();
        removeUploads();
        mountpath.outbox().clear(partition);
        mountpath.counters().forget(partition);
        mountpath.janitor().wake();
    }

    private void removeRecords() {
        byte[] from = new byte[0];
        while (true) {
            List<ObjectRecord> page = page(mountpath, from, partition, CHUNK);
            if (page.isEmpty()) {
                return;
            }
            if (cancelled.getAsBoolean()) {
                throw Moves.cancelled();
            }
            var batch = new Batch();
            var files = new ArrayList<Long>();
            for (ObjectRecord record : page) {
                Stager.stage(batch, partition, record.key(), record, new Decision.Write(null, null, 0, false, true));
                files.addAll(Stager.replaced(record, null));
            }
            mountpath.index().write(batch, false);
            page.forEach(record -> mountpath.tally().change(partition, record, null));
            mountpath.garbage().replaced(files, false);
            from = page.getLast().key().toBytes();
        }
    }

    /** The records of a partition from a key on. */
    static List<ObjectRecord> page(Mountpath mountpath, byte[] from, int partition, int limit) {
        int partitions = mountpath.places().partitions();
        var page = new ArrayList<ObjectRecord>();
        mountpath.index().scan(Column.RECORDS, from, null, (key, value) -> {
            if (Partitions.of(key, partitions) == partition) {
                page.add(RecordCodec.decode(ObjectKey.fromBytes(key), value));
            }
            return page.size() < limit;
        });
        return page;
    }

    private void removeUploads() {
        var batch = new Batch();
        var files = new ArrayList<Long>();
        mountpath.uploads().eachPart((upload, part) -> {
            if (isOurs(upload)) {
                batch.delete(Column.PARTS, IndexKeys.part(upload, part.number()));
                files.add(UploadParts.stageGarbage(batch, part));
            }
        });
        for (Column column : new Column[] {Column.UPLOADS, Column.COMPLETED}) {
            mountpath.index().scanAll(column, (at, value) -> {
                if (isOurs(at)) {
                    batch.delete(column, at);
                }
                return true;
            });
        }
        mountpath.uploads().forget(partition);
        if (!batch.isEmpty()) {
            mountpath.index().write(batch, false);
            mountpath.garbage().replaced(files, false);
        }
    }

    private boolean isOurs(byte[] upload) {
        return Partitions.of(IndexKeys.keyOfIntent(upload), partitions) == partition;
    }
}
