package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.EventCodec;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Checks that everything a store keeps about its objects agrees. For tests and diagnosis: reads everything, of an idle store. */
public final class StoreInspector {
    private StoreInspector() {}

    /**
     * What is there, over all mountpaths.
     *
     * @param files data files, whoever names them
     * @param records visible objects
     * @param openBodies bodies that are neither committed nor discarded
     * @param readers open {@link BodyReader}s
     */
    public record Counts(
            long files,
            long records,
            long tombstones,
            long dirty,
            long outbox,
            long intents,
            long garbage,
            long unsynced,
            long openBodies,
            long readers,
            long quarantined,
            long uploads,
            long parts) {}

    /** Sweeps what can be swept, then counts. */
    public static Counts counts(ObjectStore store) {
        long[] sums = new long[13];
        for (Mountpath mountpath : ((Store) store).mountpaths()) {
            mountpath.janitor().tidy();
            sums[0] += filesOf(mountpath).size();
            Map<ObjectKey, ObjectRecord> records = recordsOf(mountpath);
            sums[1] += records.values().stream().filter(r -> !r.tombstone()).count();
            sums[2] += records.values().stream().filter(ObjectRecord::tombstone).count();
            sums[3] += count(mountpath, Column.DIRTY);
            sums[4] += count(mountpath, Column.OUTBOX);
            sums[5] += count(mountpath, Column.INTENTS);
            sums[6] += count(mountpath, Column.GARBAGE);
            sums[7] += count(mountpath, Column.UNSYNCED);
            sums[8] += mountpath.bodies().count() + mountpath.uploads().bodies();
            sums[9] += mountpath.holds().count();
            sums[10] += mountpath.files().quarantinedCount();
            sums[11] += count(mountpath, Column.UPLOADS);
            sums[12] += count(mountpath, Column.PARTS);
        }
        return new Counts(
                sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8], sums[9], sums[10],
                sums[11], sums[12]);
    }

    /** One sentence for everything that does not agree; empty when all is well. The store must be idle. */
    public static List<String> check(ObjectStore store) {
        var violations = new ArrayList<String>();
        for (Mountpath mountpath : ((Store) store).mountpaths()) {
            mountpath.janitor().tidy();
            Map<ObjectKey, ObjectRecord> records = recordsOf(mountpath);
            checkFiles(mountpath, records, violations);
            checkDirty(mountpath, records, violations);
            checkTombstones(mountpath, records, violations);
            checkOutbox(mountpath, records, violations);
            if (mountpath.holds().count() == 0 && count(mountpath, Column.GARBAGE) > 0) {
                violations.add("Nobody reads, but " + count(mountpath, Column.GARBAGE)
                        + " replaced files are listed as garbage");
            }
        }
        return violations;
    }

    private static void checkFiles(Mountpath mountpath, Map<ObjectKey, ObjectRecord> records, List<String> violations) {
        var known = new HashSet<Long>();
        records.forEach((key, record) -> {
            if (record.tombstone() != record.files().isEmpty()) {
                violations.add(key + ": a tombstone has a file, or an object has none");
            }
            for (DataFile file : record.files()) {
                known.add(file.id());
                checkFile(mountpath, key, file, violations);
            }
            if (record.files().stream().mapToLong(DataFile::length).sum() != record.size()) {
                violations.add(key + ": its files do not add up to its " + record.size() + " bytes");
            }
        });
        mountpath.index().scanAll(Column.FILES, (id, value) -> {
            ObjectRecord record = records.get(ObjectKey.fromBytes(value));
            long listed = IndexKeys.fileIdOf(id);
            if (record == null || record.files().stream().noneMatch(file -> file.id() == listed)) {
                violations.add("File " + IndexKeys.fileIdOf(id) + " is listed for a key whose record does not name it");
            }
            return true;
        });
        mountpath.index().scanAll(Column.UNSYNCED, (id, value) -> {
            if (!known.contains(IndexKeys.fileIdOf(id))) {
                violations.add("File " + IndexKeys.fileIdOf(id) + " is listed as unsynced, but no record names it");
            }
            return true;
        });
        checkParts(mountpath, known, violations);
        mountpath.index().scanAll(Column.GARBAGE, (id, value) -> known.add(IndexKeys.fileIdOf(id)));
        mountpath.intents().all().forEach(intent -> intent.files().forEach(file -> known.add(file.id())));
        mountpath.bodies().all().forEach(body -> known.add(body.fileId()));
        known.addAll(mountpath.bodies().doubtful());
        for (long id : filesOf(mountpath)) {
            if (!known.contains(id)) {
                violations.add("Nothing names the file " + mountpath.files().pathOf(id));
            }
        }
    }

    private static void checkParts(Mountpath mountpath, HashSet<Long> known, List<String> violations) {
        mountpath.uploads().eachPart((upload, part) -> {
            ObjectKey key = IndexKeys.keyOfIntent(upload);
            if (mountpath.index().get(Column.UPLOADS, upload) == null) {
                violations.add(key + ": part " + part.number() + " belongs to no upload");
            }
            if (!known.add(part.file().id())) {
                violations.add(key + ": the file of part " + part.number() + " has a second owner");
            }
            checkOnDisk(mountpath, key, part.file(), violations);
        });
    }

    private static void checkFile(Mountpath mountpath, ObjectKey key, DataFile file, List<String> violations) {
        byte[] listed = mountpath.index().get(Column.FILES, IndexKeys.file(file.id()));
        if (listed == null || !ObjectKey.fromBytes(listed).equals(key)) {
            violations.add(key + ": its file is not listed for it");
        }
        checkOnDisk(mountpath, key, file, violations);
    }

    private static void checkOnDisk(Mountpath mountpath, ObjectKey key, DataFile file, List<String> violations) {
        Path path = mountpath.files().pathOf(file.id());
        try {
            if (!Files.exists(path)) {
                if (!Files.exists(mountpath.files().quarantined(file.id()))) {
                    violations.add(key + ": its file " + path + " is missing");
                }
            } else if (Files.size(path) != file.length()) {
                violations.add(key + ": its file has " + Files.size(path) + " bytes instead of " + file.length());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkDirty(Mountpath mountpath, Map<ObjectKey, ObjectRecord> records, List<String> violations) {
        var listed = new HashMap<ObjectKey, byte[]>();
        mountpath.index().scanAll(Column.DIRTY, (order, value) -> {
            if (listed.put(ObjectKey.fromBytes(value), order) != null) {
                violations.add(ObjectKey.fromBytes(value) + " is twice in the dirty index");
            }
            return true;
        });
        var tally = new DirtyTally();
        records.forEach((key, record) -> {
            tally.change(mountpath.partitionOf(key), null, record);
            byte[] order = listed.remove(key);
            long listedOrder = order == null ? -1 : IndexKeys.numberOf(order);
            long marked = record.dirtySince() == null ? -1 : record.dirtySince().order();
            if (listedOrder != marked || order != null && IndexKeys.partitionOf(order) != mountpath.partitionOf(key)) {
                violations.add(key + ": the dirty index says " + listedOrder + ", the record " + marked);
            }
        });
        listed.keySet().forEach(key -> violations.add(key + " is in the dirty index but has no record"));
        java.util.function.IntPredicate partitions = mountpath.assigned()::contains;
        if (!tally.stats(null, partitions).equals(mountpath.tally().stats(null, partitions))) {
            violations.add("The dirty sums are " + mountpath.tally().stats(null, partitions)
                    + ", the records add up to " + tally.stats(null, partitions));
        }
    }

    private static void checkTombstones(
            Mountpath mountpath, Map<ObjectKey, ObjectRecord> records, List<String> violations) {
        var listed = new HashSet<ObjectKey>();
        mountpath.index().scanAll(Column.TOMBSTONES, (at, value) -> {
            ObjectKey key = IndexKeys.keyOfTombstone(at);
            ObjectRecord record = records.get(key);
            if (!listed.add(key) || record == null || !record.tombstone()) {
                violations.add(key + " is listed as a tombstone twice or is none");
            }
            return true;
        });
        records.forEach((key, record) -> {
            if (record.tombstone() && !listed.contains(key)) {
                violations.add(key + " is a tombstone that is not listed");
            }
        });
    }

    private static void checkOutbox(
            Mountpath mountpath, Map<ObjectKey, ObjectRecord> records, List<String> violations) {
        var entries = new AtomicLong();
        var last = new HashMap<ObjectKey, OutboxEntry>();
        mountpath.index().scanAll(Column.OUTBOX, (key, value) -> {
            entries.incrementAndGet();
            var event = EventCodec.decode(value);
            var entry = new OutboxEntry(IndexKeys.partitionOf(key), IndexKeys.numberOf(key), event);
            OutboxEntry before = last.put(event.key(), entry);
            if (before != null && before.event().generation().isAfter(event.generation())) {
                violations.add(event.key() + ": its events are not in the order of its generations");
            }
            ObjectRecord record = records.get(event.key());
            if (record != null && event.generation().isAfter(record.generation())) {
                violations.add(event.key() + ": there is an event of a generation that was never committed");
            }
            return true;
        });
        if (entries.get() != mountpath.outbox().depth()) {
            violations.add("The outbox counts " + mountpath.outbox().depth() + " entries and holds " + entries.get());
        }
    }

    private static Map<ObjectKey, ObjectRecord> recordsOf(Mountpath mountpath) {
        var records = new HashMap<ObjectKey, ObjectRecord>();
        mountpath.index().scanAll(Column.RECORDS, (key, value) -> {
            ObjectKey name = ObjectKey.fromBytes(key);
            records.put(name, RecordCodec.decode(name, value));
            return true;
        });
        return records;
    }

    private static List<Long> filesOf(Mountpath mountpath) {
        var found = new ArrayList<Long>();
        mountpath.files().eachFrom(0, found::add);
        return found;
    }

    private static long count(Mountpath mountpath, Column column) {
        var entries = new AtomicLong();
        mountpath.index().scanAll(column, (key, value) -> {
            entries.incrementAndGet();
            return true;
        });
        return entries.get();
    }
}
