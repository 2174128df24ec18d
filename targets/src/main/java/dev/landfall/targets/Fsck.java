package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Partitions;
import dev.landfall.model.RecordCodec;
import dev.landfall.model.WritebackMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;
import org.jspecify.annotations.Nullable;

/** Checks one mountpath of a node that does not run, or makes its index anew. */
public final class Fsck {
    private static final int NAMED = 1000;
    private static final int CHUNK = 1000;

    private final Path root;
    private final Identity identity;
    private final DataFiles files;
    private final Space space;
    private final Fence fence;
    private final Set<Long> bad = new HashSet<>();
    private final List<String> findings = new ArrayList<>();
    private long objects;
    private long tombstones;
    private long bytes;
    private long lost;
    private long unknownFiles;

    /**
     * @param objects whose data are whole
     * @param lost of which there is a trace, but no whole data
     * @param unknownFiles data files that nothing names
     * @param findings a sentence each, at most 1,000
     */
    public record Report(
            String mountpath,
            boolean rebuilt,
            long objects,
            long tombstones,
            long bytes,
            long lost,
            long unknownFiles,
            List<String> findings) {
        /** Whether nothing is lost and nothing is left over. */
        public boolean isClean() {
            return findings.isEmpty();
        }
    }

    private Fsck(Path root, Identity identity) throws IOException {
        this.root = root;
        this.identity = identity;
        fence = new Fence(root);
        space = new Space(root, Disk.REAL);
        files = new DataFiles(root, Disk.REAL, space, fence);
    }

    /**
     * Compares the index with the files, and every file with its checksum; changes nothing.
     *
     * @throws IllegalStateException with a sentence when the mountpath is in use, foreign or has no index
     */
    public static Report check(Path root) {
        return run(root, false);
    }

    /**
     * Makes the index anew from the data files and their journal: of every key the highest generation whose checksum holds, to be compared
     * with S3 before anything else happens to it. The old index is set aside. The cluster gives the partitions a new epoch at the next start.
     */
    public static Report rebuild(Path root) {
        return run(root, true);
    }

    private static Report run(Path directory, boolean rebuild) {
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.exists(root.resolve(Identity.FILE))) {
            throw new IllegalStateException(root + " is no mountpath: it has no " + Identity.FILE);
        }
        try (var locked = new Locked(MountpathLock.take(root), new IndexMemory())) {
            IndexMemory memory = locked.memory();
            var fsck = new Fsck(root, Identity.read(root).orElseThrow());
            if (rebuild) {
                fsck.rebuildWith(memory);
            } else {
                fsck.checkWith(memory);
            }
            fsck.files.close();
            return fsck.report(rebuild);
        } catch (IOException e) {
            throw new IllegalStateException("Mountpath " + root + " cannot be read: " + e, e);
        }
    }

    private record Locked(MountpathLock lock, IndexMemory memory) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
            lock.close();
        }
    }

    private Report report(boolean rebuilt) {
        return new Report(
                root.toString(), rebuilt, objects, tombstones, bytes, lost, unknownFiles, List.copyOf(findings));
    }

    private void checkWith(IndexMemory memory) throws IOException {
        Path directory = root.resolve("index");
        if (!Files.exists(directory.resolve("CURRENT"))) {
            throw new IllegalStateException(
                    "Mountpath " + root + ": its index is missing; fsck --rebuild makes it anew");
        }
        var known = new HashSet<Long>();
        try (Index index = Index.open(directory, memory, space, fence)) {
            index.scanAll(Column.RECORDS, (at, value) -> {
                ObjectKey key = ObjectKey.fromBytes(at);
                ObjectRecord record = RecordCodec.decode(key, value);
                record.files().forEach(file -> known.add(file.id()));
                DataFile bad = firstBad(record);
                count(record, bad == null);
                if (bad != null) {
                    find(key + ": its data are " + (isQuarantined(bad) ? "set aside" : "missing or bad"));
                }
                return true;
            });
            new UploadParts(index).each((upload, part) -> known.add(part.file().id()));
            index.scanAll(Column.GARBAGE, (at, value) -> known.add(IndexKeys.fileIdOf(at)));
            index.scanAll(Column.INTENTS, (at, value) -> {
                IntentCodec.decode(IndexKeys.keyOfIntent(at), value).files().forEach(file -> known.add(file.id()));
                return true;
            });
        }
        findUnknown(known);
    }

    private void rebuildWith(IndexMemory memory) throws IOException {
        Map<ObjectKey, List<ObjectRecord>> versions = new HashMap<>();
        int damaged = Journal.readAll(
                root,
                (key, record) ->
                        versions.computeIfAbsent(key, k -> new ArrayList<>(1)).add(record));
        if (damaged > 0) {
            find(damaged + " journal files end in the middle of an entry: what a crash cut off is not known");
        }
        // Before the index goes: whatever happens from here on, the next start begins a new incarnation, or finds no
        // index.
        identity.asRebuilt().write(root, Disk.REAL);
        Path directory = root.resolve("index");
        if (Files.exists(directory)) {
            Path aside = root.resolve("index.old");
            FileUtils.deleteDirectory(aside.toFile());
            Files.move(directory, aside);
        }
        Path draft = root.resolve("index.new");
        FileUtils.deleteDirectory(draft.toFile());
        var known = new HashSet<Long>();
        var replaced = new HashSet<Long>();
        var doubtful = new HashSet<Long>();
        int highestEpoch = 0;
        try (Index index = Index.open(draft, memory, space, fence)) {
            var batch = new Batch();
            long order = 1;
            for (var entry : versions.entrySet()) {
                ObjectRecord record = newestWhole(entry.getKey(), entry.getValue());
                // Only what something newer and whole has replaced may go; anything else is set aside.
                boolean newest = record != null
                        && entry.getValue().stream()
                                .noneMatch(each -> each.generation().isAfter(record.generation()));
                entry.getValue()
                        .forEach(each -> each.files().forEach(file -> (newest ? replaced : doubtful).add(file.id())));
                if (record == null) {
                    continue;
                }
                record.files().forEach(file -> known.add(file.id()));
                highestEpoch = Math.max(highestEpoch, record.generation().epoch());
                ObjectRecord dirty = unknown(record, order++);
                Stager.stage(
                        batch,
                        Partitions.of(entry.getKey(), identity.partitions()),
                        entry.getKey(),
                        null,
                        new Decision.Write(dirty, null, 0, true, true));
                if (batch.size() >= CHUNK) {
                    index.write(batch, false);
                    batch.cutTo(0);
                }
            }
            replaced.removeAll(known);
            replaced.forEach(this::removeReplaced);
            doubtful.removeAll(known);
            doubtful.stream()
                    .filter(id -> Files.exists(files.pathOf(id)))
                    .forEach(id -> files.quarantine(id, "an object whose newest data are not whole"));
            findUnknown(known);
            setAside(known);
            writeNumbers(batch, order, highestEpoch);
            for (var holding : Holdings.remembered(root).entrySet()) {
                Holdings.stage(batch, holding.getKey(), holding.getValue());
            }
            index.write(batch, true);
        }
        Files.move(draft, directory);
        Disk.REAL.forceDirectory(root);
        find("Not known any more: deletes that S3 had not seen, uploads in parts, events that Kafka did not have,"
                + " and whether S3 has what is here: each object is compared with S3 first");
    }

    /** Of the entries of a key, the one with the highest generation whose data are whole. */
    private @Nullable ObjectRecord newestWhole(ObjectKey key, List<ObjectRecord> entries) {
        // A cold fill gives the same generation other files: the last entry counts.
        var byGeneration = new TreeMap<Generation, ObjectRecord>();
        entries.forEach(entry -> byGeneration.put(entry.generation(), entry));
        boolean newest = true;
        for (ObjectRecord record : byGeneration.descendingMap().values()) {
            boolean whole = firstBad(record) == null;
            if (whole) {
                count(record, true);
                if (newest) {
                    return record;
                }
                find(key + ": its newest data are missing or bad; generation " + record.generation() + " is back");
                boolean hasRemote = record.mode() != WritebackMode.LOCAL;
                return hasRemote ? record.withRemote(new ObjectRecord.DirtyMark(0, Instant.EPOCH, null), null) : record;
            }
            newest = false;
        }
        lost++;
        find(key + ": there are no whole data of it");
        return null;
    }

    /** What S3 had when it was committed, it has; anything else has to be compared. */
    private static ObjectRecord unknown(ObjectRecord record, long order) {
        return record.dirtySince() == null
                ? record
                : record.withRemote(
                        new ObjectRecord.DirtyMark(order, Instant.now().truncatedTo(ChronoUnit.MILLIS), null), null);
    }

    /** An older version of what is here, or what is bad: the one may go, the other is set aside. */
    private void removeReplaced(long id) {
        if (Files.exists(files.pathOf(id))) {
            if (bad.contains(id)) {
                files.quarantine(id, "an object that is bad");
            } else {
                files.unlink(id);
            }
        }
    }

    /** Places in the dirty index are drawn from the counters: those that are taken now must not be drawn again. */
    private void writeNumbers(Batch batch, long order, int epoch) {
        for (int p = 0; p < identity.partitions(); p++) {
            batch.put(Column.META, IndexKeys.meta("counter/" + p), IndexKeys.numbers(order, epoch));
        }
        long[] highest = {Identity.firstFileId(identity.mountpath()) >>> FileIds.BLOCK_BITS};
        files.eachFrom(0, id -> highest[0] = Math.max(highest[0], FileIds.blockOf(id) + 1));
        batch.put(Column.META, IndexKeys.meta("file-ids"), IndexKeys.numbers(highest[0], highest[0]));
    }

    private void findUnknown(Set<Long> known) {
        files.eachFrom(0, id -> {
            if (!known.contains(id)) {
                unknownFiles++;
                find("Nothing names the data file " + files.pathOf(id));
            }
        });
    }

    /** Nobody knows what they are, so they are kept. */
    private void setAside(Set<Long> known) {
        var unknown = new ArrayList<Long>();
        files.eachFrom(0, id -> {
            if (!known.contains(id)) {
                unknown.add(id);
            }
        });
        unknown.forEach(id -> files.quarantine(id, "an object that is not known any more"));
    }

    private @Nullable DataFile firstBad(ObjectRecord record) {
        for (DataFile file : record.files()) {
            try (FileChannel channel = FileChannel.open(files.pathOf(file.id()), StandardOpenOption.READ)) {
                if (!Checksums.matches(channel, file.length(), file.crc32c())) {
                    bad.add(file.id());
                    return file;
                }
            } catch (NoSuchFileException e) {
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The data file " + files.pathOf(file.id()) + " is there but cannot be read (" + e
                                + "); nothing was decided by it: make it readable, or move it away, and try again",
                        e);
            }
        }
        return null;
    }

    private boolean isQuarantined(DataFile file) {
        return Files.exists(files.quarantined(file.id()));
    }

    private void count(ObjectRecord record, boolean whole) {
        if (!whole) {
            lost++;
        } else if (record.tombstone()) {
            tombstones++;
        } else {
            objects++;
            bytes += record.size();
        }
    }

    private void find(String finding) {
        if (findings.size() < NAMED) {
            findings.add(finding);
        }
    }
}
