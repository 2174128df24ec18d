package dev.landfall.targets;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Data files that no record names any more. One is unlinked when the batch that replaced its record is synced (or a power cut could bring
 * the record back without its file) and nobody reads it.
 */
final class Garbage {
    private final Index index;
    private final DataFiles files;
    private final FileIds ids;
    private final Holds holds;
    private final Journal journal;
    /** Replaced by batches that are not synced yet. */
    private final Set<Long> unsynced = new LinkedHashSet<>();
    /** To be unlinked as soon as nobody reads them. */
    private final Deque<Long> ready = new ArrayDeque<>();
    /** Blocks that lost a file since their directories were last looked at. */
    private final Set<Long> thinned = new HashSet<>();

    Garbage(Index index, DataFiles files, FileIds ids, Holds holds, Journal journal) {
        this.index = index;
        this.files = files;
        this.ids = ids;
        this.holds = holds;
        this.journal = journal;
    }

    /** After each batch of the committer: the files that it replaced, and whether it was synced. */
    synchronized void replaced(List<Long> fileIds, boolean synced) {
        unsynced.addAll(fileIds);
        if (synced) {
            ready.addAll(unsynced);
            unsynced.clear();
        }
    }

    /** What earlier runs left: what the index says now is what a power cut would leave, once it has been synced. */
    void load() {
        var found = new ArrayList<Long>();
        index.scanAll(Column.GARBAGE, (key, value) -> found.add(IndexKeys.fileIdOf(key)));
        replaced(found, false);
    }

    /** Unlinks what can be unlinked without a sync of the index. One thread at a time. */
    void sweep() {
        var gone = new Batch();
        for (long id : takeReady()) {
            if (holds.unlessHeld(id, () -> files.unlink(id))) {
                gone.delete(Column.GARBAGE, IndexKeys.file(id));
                thinned.add(FileIds.blockOf(id));
            } else {
                synchronized (this) {
                    ready.add(id);
                }
            }
        }
        forget(gone);
        thinned.removeIf(block -> {
            boolean closed = ids.isClosed(block);
            if (closed) {
                if (files.removeBlockIfEmpty(block)) {
                    journal.remove(block);
                }
            }
            return closed;
        });
    }

    synchronized boolean isReady() {
        return !ready.isEmpty();
    }

    synchronized int size() {
        return unsynced.size() + ready.size();
    }

    /** Syncs the index if files wait for that. */
    void syncWhatWaits() {
        List<Long> waiting;
        synchronized (this) {
            waiting = List.copyOf(unsynced);
        }
        if (waiting.isEmpty()) {
            return;
        }
        index.sync();
        synchronized (this) {
            // Those that came after the sync have to wait for the next one.
            for (Long id : waiting) {
                if (unsynced.remove(id)) {
                    ready.add(id);
                }
            }
        }
    }

    private void forget(Batch gone) {
        if (gone.isEmpty()) {
            return;
        }
        try {
            index.write(gone, false);
        } catch (RuntimeException e) {
            synchronized (this) {
                gone.ops().forEach(op -> ready.add(IndexKeys.fileIdOf(op.key())));
            }
            throw e;
        }
    }

    private synchronized List<Long> takeReady() {
        var taken = List.copyOf(ready);
        ready.clear();
        return taken;
    }
}
