package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import java.util.ArrayList;
import java.util.List;

/** Copies what a partition has besides its objects: its counter, its events, its multipart uploads. Nothing changes meanwhile. */
final class MoveState {
    interface FileCopy {
        DataFile copy(ObjectKey key, DataFile file, List<DataBody> files);
    }

    private static final int CHUNK = 1000;

    private final int partition;
    private final Mountpath from;
    private final Mountpath to;
    private final FileCopy fileCopy;

    MoveState(int partition, Mountpath from, Mountpath to, FileCopy fileCopy) {
        this.partition = partition;
        this.from = from;
        this.to = to;
        this.fileCopy = fileCopy;
    }

    void copy() {
        copyUploads();
        copyOutbox();
        to.index().write(from.counters().give(partition), false);
        // Everything before it, too.
        to.index().sync();
    }

    private void copyOutbox() {
        var batches = new ArrayList<Batch>();
        batches.add(new Batch());
        from.index().scan(Column.OUTBOX, IndexKeys.ordered(partition, 0), IndexKeys.endOf(partition), (key, value) -> {
            if (batches.getLast().size() == CHUNK) {
                batches.add(new Batch());
            }
            batches.getLast().put(Column.OUTBOX, key, value);
            return true;
        });
        for (Batch batch : batches) {
            to.index().write(batch, false);
            batch.ops().forEach(op -> to.outbox().added());
        }
    }

    private void copyUploads() {
        var batch = new Batch();
        var files = new ArrayList<DataBody>();
        for (Column column : new Column[] {Column.UPLOADS, Column.COMPLETED}) {
            from.index().scanAll(column, (at, value) -> {
                if (isOurs(at)) {
                    batch.put(column, at, value);
                }
                return true;
            });
        }
        from.uploads().eachPart((upload, part) -> {
            if (isOurs(upload)) {
                DataFile copy = fileCopy.copy(IndexKeys.keyOfIntent(upload), part.file(), files);
                batch.put(
                        Column.PARTS,
                        IndexKeys.part(upload, part.number()),
                        UploadCodec.encode(
                                new UploadedPart(part.number(), copy, part.etag(), part.modified(), part.checksums())));
            }
        });
        for (DataBody body : files) {
            to.unsynced().force(body.fileId());
        }
        if (!batch.isEmpty()) {
            to.index().write(batch, false);
        }
        files.forEach(DataBody::committed);
    }

    private boolean isOurs(byte[] upload) {
        return Partitions.of(IndexKeys.keyOfIntent(upload), from.places().partitions()) == partition;
    }
}
