package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/** The data files of a {@link SimStore}: who reads them, which are unsynced, which nobody needs any more. */
final class SimFiles {
    private final SimDisk disk;
    private final Map<Long, Integer> readers = new HashMap<>();
    /** Replaced by batches that are not synced yet. */
    private final Set<Long> replaced = new HashSet<>();
    /** Nobody needs them once they have no reader. */
    private final Set<Long> garbage = new HashSet<>();
    /** Of the last run: to be verified before anybody sees them. */
    private final Set<Long> suspects = new HashSet<>();

    SimFiles(SimDisk disk) {
        this.disk = disk;
    }

    void load(Set<Long> intended) {
        disk.entries.scanAll(Column.UNSYNCED, (key, value) -> suspects.add(IndexKeys.fileIdOf(key)));
        Set<Long> named = new HashSet<>(intended);
        disk.entries.scanAll(Column.FILES, (key, value) -> {
            named.add(IndexKeys.fileIdOf(key));
            return true;
        });
        disk.files.keySet().removeIf(id -> !named.contains(id));
    }

    boolean matches(List<DataFile> files) {
        return files.stream().allMatch(file -> {
            SimDisk.SimFile there = disk.files.get(file.id());
            if (there == null || there.bytes.length != file.length()) {
                return false;
            }
            var crc = new CRC32C();
            crc.update(there.bytes);
            return (int) crc.getValue() == file.crc32c();
        });
    }

    /** @param current the newest record of the key */
    Optional<BodyReader> open(ObjectRecord record, ObjectRecord current) {
        if (current == null || !current.files().equals(record.files())) {
            return Optional.empty();
        }
        if (!suspects.isEmpty() && record.files().stream().anyMatch(file -> suspects.contains(file.id()))) {
            boolean good = matches(record.files());
            settle(record.files().stream().map(DataFile::id).toList(), good);
            if (!good) {
                disk.files.remove(record.fileId());
            }
        }
        if (!matches(record.files())) {
            throw new LandfallException(ErrorCode.CORRUPT_OBJECT, "The data of " + record.key() + " are bad");
        }
        return Optional.of(new Reader(record));
    }

    /** After a batch. */
    void replaced(List<Long> ids, boolean synced) {
        replaced.addAll(ids);
        if (synced) {
            garbage.addAll(replaced);
            replaced.clear();
            collect();
        }
    }

    void syncUnsynced() {
        var ids = new ArrayList<Long>();
        disk.entries.scanAll(Column.UNSYNCED, (key, value) -> {
            long id = IndexKeys.fileIdOf(key);
            if (!suspects.contains(id)) {
                ids.add(id);
            }
            return true;
        });
        settle(ids, true);
        for (ObjectRecord record : suspectRecords()) {
            try {
                open(record, record).ifPresent(BodyReader::close);
            } catch (LandfallException e) {
                // Bad: fetched from S3 when somebody wants it.
            }
        }
    }

    private List<ObjectRecord> suspectRecords() {
        var found = new ArrayList<ObjectRecord>();
        disk.entries.scanAll(Column.UNSYNCED, (key, value) -> {
            ObjectKey name = ObjectKey.fromBytes(value);
            byte[] record = disk.entries.get(Column.RECORDS, name.toBytes());
            if (suspects.contains(IndexKeys.fileIdOf(key)) && record != null) {
                found.add(dev.landfall.model.RecordCodec.decode(name, record));
            }
            return true;
        });
        return found;
    }

    private void settle(List<Long> ids, boolean sync) {
        var batch = new Batch();
        for (long id : ids) {
            try {
                if (sync) {
                    disk.sync(id);
                    disk.syncDirectory(id);
                }
            } catch (SimDisk.SyncFailed e) {
                throw disk.entries.fence.raise("a data file cannot be synced", e);
            }
            suspects.remove(id);
            batch.delete(Column.UNSYNCED, IndexKeys.file(id));
        }
        if (!batch.isEmpty()) {
            disk.entries.write(batch, false);
        }
    }

    private void collect() {
        for (Long id : List.copyOf(garbage)) {
            if (!readers.containsKey(id)) {
                garbage.remove(id);
                disk.files.remove(id);
            }
        }
    }

    private final class Reader implements BodyReader {
        private final ObjectRecord record;
        private boolean closed;

        Reader(ObjectRecord record) {
            this.record = record;
            readers.merge(record.fileId(), 1, Integer::sum);
        }

        @Override
        public ObjectRecord record() {
            return record;
        }

        @Override
        public List<Path> paths() {
            return record.files().stream()
                    .map(file -> SimDisk.pathOf(file.id()))
                    .toList();
        }

        @Override
        public void transferTo(long first, long count, Piece piece) {
            throw new UnsupportedOperationException();
        }

        @Override
        public BodyReader keep() {
            return new Reader(record);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                readers.merge(record.fileId(), -1, (a, b) -> a + b == 0 ? null : a + b);
                collect();
            }
        }
    }
}
