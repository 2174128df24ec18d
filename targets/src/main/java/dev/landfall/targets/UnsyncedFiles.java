package dev.landfall.targets;

import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Data files that were committed without a sync, and those of them that a power cut may have spoilt. */
final class UnsyncedFiles {
    private static final int SYNCS_AT_ONCE = 8;
    /** From so many files on, one sync of the whole disk costs less than one for each. */
    private static final int MANY = 256;
    /** Those that are replaced before this age are never written. A power cut takes back the last seconds of durability os, not more. */
    private static final long AGE_NANOS = Duration.ofSeconds(5).toNanos();
    /** As many may wait for their age. */
    private static final int WAITING = 500_000;

    private record Pending(long fileId, long since) {}

    private final Index index;
    private final DataFiles files;
    private final Presence presence;
    private final Queue<Pending> pending = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    /** File id → key, of the last run: to be verified before anybody sees the data. */
    private final Map<Long, ObjectKey> suspects = new ConcurrentHashMap<>();

    UnsyncedFiles(Index index, DataFiles files, Presence presence) {
        this.index = index;
        this.files = files;
        this.presence = presence;
    }

    void load() {
        index.scanAll(Column.UNSYNCED, (key, value) -> {
            suspects.put(IndexKeys.fileIdOf(key), ObjectKey.fromBytes(value));
            return true;
        });
    }

    void committed(long fileId) {
        pending.add(new Pending(fileId, System.nanoTime()));
        waiting.incrementAndGet();
    }

    boolean isSuspect(long fileId) {
        return suspects.containsKey(fileId);
    }

    int suspects() {
        return suspects.size();
    }

    /** Syncs what was committed before the call. One thread at a time. */
    void sync() {
        int most = waiting.get();
        var taken = new ArrayList<Pending>();
        for (Pending next; taken.size() < most && (next = pending.poll()) != null; ) {
            taken.add(next);
        }
        waiting.addAndGet(-taken.size());
        List<Long> ids = taken.stream().map(Pending::fileId).toList();
        try {
            boolean all = ids.size() >= MANY && files.forceEverything();
            settle(ids, all ? Set.of() : forceAll(ids));
        } catch (RuntimeException e) {
            // Not tried again if it was the sync that failed: then the mountpath is fenced.
            pending.addAll(taken);
            waiting.addAndGet(taken.size());
            throw e;
        }
    }

    /** Syncs everything once the oldest of it has its age, or too much waits. One thread at a time. */
    void syncWhenDue() {
        Pending oldest = pending.peek();
        if (oldest != null && (System.nanoTime() - oldest.since >= AGE_NANOS || waiting.get() > WAITING)) {
            sync();
        }
    }

    /** Looks at the suspects of the last run that nobody has asked for. */
    void verifySuspects(Function<ObjectKey, @Nullable ObjectRecord> lookup) {
        suspects.forEach((id, key) -> {
            ObjectRecord record = lookup.apply(key);
            if (record == null || !names(record, id)) {
                suspects.remove(id);
            } else {
                verify(record);
            }
        });
    }

    /** Whether the data of a suspect is what its record says. What is not is quarantined. Either way it is no suspect any more. */
    synchronized boolean verify(ObjectRecord record) {
        // The parts of a multipart upload are synced before anybody hears of them, so a suspect is the only file of its
        // record.
        long id = record.fileId();
        if (!suspects.containsKey(id)) {
            return true;
        }
        boolean good = matches(record);
        if (!good) {
            files.quarantine(id, record.key().toString());
        }
        settle(List.of(id), good ? forceAll(List.of(id)) : Set.of());
        suspects.remove(id);
        return good;
    }

    private static boolean names(ObjectRecord record, long fileId) {
        return record.files().stream().anyMatch(file -> file.id() == fileId);
    }

    private boolean matches(ObjectRecord record) {
        try (FileChannel channel = FileChannel.open(files.pathOf(record.fileId()), StandardOpenOption.READ)) {
            return Checksums.matches(channel, record.size(), record.crc32c());
        } catch (NoSuchFileException e) {
            presence.check();
            return false;
        } catch (IOException e) {
            throw files.failed("read a data file", e);
        }
    }

    /** Returns the directories of the files. In parallel, for a file system syncs many files with one write of its journal. */
    private Set<Path> forceAll(List<Long> ids) {
        var directories = new HashSet<Path>();
        ids.forEach(id -> directories.add(files.blockDirectory(FileIds.blockOf(id))));
        if (ids.size() < SYNCS_AT_ONCE) {
            ids.forEach(this::forceFile);
            return directories;
        }
        try (var threads = Executors.newFixedThreadPool(
                SYNCS_AT_ONCE,
                Thread.ofPlatform().daemon().name("landfall-sync-", 0).factory())) {
            var syncs = ids.stream()
                    .map(id -> CompletableFuture.runAsync(() -> forceFile(id), threads))
                    .toList();
            syncs.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof LandfallException own ? own : e;
        }
        return directories;
    }

    private void forceFile(long id) {
        try (FileChannel channel = FileChannel.open(files.pathOf(id), StandardOpenOption.READ)) {
            files.force(channel);
        } catch (NoSuchFileException e) {
            // Replaced meanwhile.
        } catch (IOException e) {
            throw files.failed("read a data file", e);
        }
    }

    private void settle(List<Long> ids, Set<Path> directories) {
        for (Path directory : directories) {
            // A block that has lost all its files is gone itself.
            if (Files.exists(directory)) {
                files.forceDirectory(directory);
            }
        }
        var batch = new Batch();
        ids.forEach(id -> batch.delete(Column.UNSYNCED, IndexKeys.file(id)));
        if (!batch.isEmpty()) {
            index.write(batch, false);
        }
    }
}
