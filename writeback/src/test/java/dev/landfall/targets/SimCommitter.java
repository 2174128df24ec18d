package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** The committer of a {@link SimStore}: file and directory synced, one batch, visible, answered; it can die between any two of them. */
final class SimCommitter implements Runnable {
    private final SimStore store;
    private final Decider decider;
    private final Queue<Work> queue = new ArrayDeque<>();
    private final Semaphore signal = new Semaphore(0);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean closed;

    SimCommitter(SimStore store, Decider decider) {
        this.store = store;
        this.decider = decider;
    }

    CompletableFuture<CommitResult> submit(Change change, SimBody body) {
        return submit(new Work.Apply(change, body, new CompletableFuture<>()));
    }

    CompletableFuture<CommitResult> reap(ObjectRecord tombstone) {
        return submit(new Work.Reap(tombstone.key(), tombstone.generation(), new CompletableFuture<>()));
    }

    private CompletableFuture<CommitResult> submit(Work work) {
        if (closed) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
        queue.add(work);
        signal.release();
        return work.future();
    }

    void close() {
        closed = true;
        signal.release();
        ended.join();
    }

    @Override
    public void run() {
        while (true) {
            signal.acquireUninterruptibly();
            Work work = queue.poll();
            if (work == null) {
                ended.complete(null);
                return;
            }
            try {
                store.pause(50, 2000);
                CommitResult result = commit(work);
                store.pause(10, 500);
                work.future().complete(result);
            } catch (LandfallException e) {
                SimBody body = bodyOf(work);
                if (body != null && !store.isFenced()) {
                    body.release();
                }
                work.future().completeExceptionally(e);
            }
        }
    }

    private CommitResult commit(Work work) {
        ObjectRecord before = store.find(work.key());
        int partition = store.partitionOf(work.key());
        SimBody body = bodyOf(work);
        return switch (decider.decide(work, before, store.counter(partition))) {
            case Decision.Nothing(ObjectRecord record) -> new CommitResult.Committed(record, record);
            case Decision.Reject(CommitResult.Reason reason) -> {
                if (body != null) {
                    body.release();
                }
                yield new CommitResult.Rejected(reason, before);
            }
            case Decision.Write write -> {
                write(work, partition, body, before, write);
                ObjectRecord after = write.after();
                if (after != null) {
                    store.tell(after);
                }
                yield new CommitResult.Committed(after == null ? before : after, before);
            }
        };
    }

    private void write(Work work, int partition, SimBody body, ObjectRecord before, Decision.Write write) {
        var batch = new Batch();
        Stager.stage(batch, partition, work.key(), before, write);
        if (body != null) {
            store.disk().checkSpace();
            if (write.syncedFile()) {
                syncDirectory(body);
            }
        }
        if (work instanceof Work.Apply apply) {
            store.pendingIntents().forgetCommitted(apply.change(), batch);
        }
        store.disk().entries.write(batch, write.syncedIndex());
        store.tally().change(partition, before, write.after());
        if (write.event() != null) {
            store.outbox().added();
        }
        if (work instanceof Work.Apply apply) {
            store.pendingIntents().committed(apply.change(), body);
        }
        store.files().replaced(Stager.replaced(before, write.after()), write.syncedIndex());
    }

    private void syncDirectory(SimBody body) {
        try {
            store.disk().syncDirectory(body.id());
        } catch (SimDisk.SyncFailed e) {
            throw store.disk().entries.fence.raise("a directory cannot be synced", e);
        }
    }

    private static SimBody bodyOf(Work work) {
        return work instanceof Work.Apply apply ? (SimBody) apply.body() : null;
    }
}
