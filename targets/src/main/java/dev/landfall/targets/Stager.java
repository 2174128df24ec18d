package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.EventCodec;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the step from one record to the next into changes of every column that depends on it, so that they cannot disagree. */
final class Stager {
    private Stager() {}

    static void stage(Batch batch, int partition, ObjectKey key, @Nullable ObjectRecord before, Decision.Write write) {
        ObjectRecord after = write.after();
        byte[] keyBytes = key.toBytes();
        if (after == null) {
            batch.delete(Column.RECORDS, keyBytes);
        } else {
            batch.put(Column.RECORDS, keyBytes, RecordCodec.encode(after));
        }
        stageDirty(batch, partition, keyBytes, before, after);
        stageFiles(batch, keyBytes, before, after, write.syncedFile());
        stageTombstone(batch, before, after, write.sequence());
        var event = write.event();
        if (event != null) {
            batch.put(Column.OUTBOX, IndexKeys.ordered(partition, write.sequence()), EventCodec.encode(event));
        }
    }

    private static void stageDirty(
            Batch batch, int partition, byte[] key, @Nullable ObjectRecord before, @Nullable ObjectRecord after) {
        var old = before == null ? null : before.dirtySince();
        var mark = after == null ? null : after.dirtySince();
        if (old != null && (mark == null || mark.order() != old.order())) {
            batch.delete(Column.DIRTY, IndexKeys.ordered(partition, old.order()));
        }
        if (mark != null && (old == null || mark.order() != old.order())) {
            batch.put(Column.DIRTY, IndexKeys.ordered(partition, mark.order()), key);
        }
    }

    private static void stageFiles(
            Batch batch, byte[] key, @Nullable ObjectRecord before, @Nullable ObjectRecord after, boolean synced) {
        for (long old : replaced(before, after)) {
            byte[] oldKey = IndexKeys.file(old);
            batch.delete(Column.FILES, oldKey)
                    .delete(Column.UNSYNCED, oldKey)
                    .put(Column.GARBAGE, oldKey, IndexKeys.numbers());
        }
        for (long file : replaced(after, before)) {
            byte[] newKey = IndexKeys.file(file);
            batch.put(Column.FILES, newKey, key);
            if (!synced) {
                batch.put(Column.UNSYNCED, newKey, key);
            }
        }
    }

    /** The data files that the first record has and the second has not. */
    static List<Long> replaced(@Nullable ObjectRecord before, @Nullable ObjectRecord after) {
        List<DataFile> old = filesOf(before);
        List<DataFile> now = filesOf(after);
        if (old.isEmpty() || old.equals(now)) {
            return List.of();
        }
        // Ids are never reused, so a file has the same length and checksum wherever it is named.
        var kept = new HashSet<>(now);
        return old.stream()
                .filter(file -> !kept.contains(file))
                .map(DataFile::id)
                .toList();
    }

    private static List<DataFile> filesOf(@Nullable ObjectRecord record) {
        return record == null ? List.of() : record.files();
    }

    private static void stageTombstone(
            Batch batch, @Nullable ObjectRecord before, @Nullable ObjectRecord after, long sequence) {
        if (before != null
                && before.tombstone()
                && (after == null || !before.generation().equals(after.generation()))) {
            batch.delete(
                    Column.TOMBSTONES, IndexKeys.tombstone(before.modified().toEpochMilli(), before.key()));
        }
        if (after != null
                && after.tombstone()
                && (before == null || !before.generation().equals(after.generation()))) {
            batch.put(
                    Column.TOMBSTONES,
                    IndexKeys.tombstone(after.modified().toEpochMilli(), after.key()),
                    IndexKeys.numbers(sequence));
        }
    }
}
