package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Commits one group of work: decides, syncs directories, writes one batch, and only then tells anybody. */
final class GroupCommit {
    /** @param unused data files that the change leaves behind besides those of the record before */
    private record Step(
            Work work, int partition, @Nullable ObjectRecord before, Decision decision, List<Long> unused) {}

    private final Mountpath mountpath;
    private final List<Step> steps = new ArrayList<>();
    private final Batch batch = new Batch();
    /** What earlier work of this group made of the records. */
    private final Map<ObjectKey, @Nullable ObjectRecord> overlay = new HashMap<>();

    private final Set<Path> directories = new LinkedHashSet<>();
    private boolean sync;
    private boolean writing;
    private boolean hasSpace;

    private GroupCommit(Mountpath mountpath) {
        this.mountpath = mountpath;
    }

    /** Answers every piece of work; throws nothing. */
    static void run(Mountpath mountpath, List<Work> group) {
        try {
            new GroupCommit(mountpath)
                    .commit(group.stream()
                            .filter(work -> !(work instanceof Work.Barrier))
                            .toList());
            for (Work work : group) {
                if (work instanceof Work.Barrier(var future)) {
                    future.complete(new CommitResult.Rejected(CommitResult.Reason.CHANGED, null));
                }
            }
        } catch (RuntimeException | Error e) {
            // What is in memory may not be what the index says any more, and nobody else would answer.
            LandfallException fenced = mountpath.fence().raise("its committer failed: " + e, e);
            group.forEach(work -> work.future().completeExceptionally(fenced));
        }
    }

    private void commit(List<Work> group) {
        for (Work work : group) {
            int before = batch.size();
            try {
                prepare(work);
            } catch (RuntimeException e) {
                batch.cutTo(before);
                fail(work, e, false);
            }
        }
        try {
            mountpath.fence().check();
            directories.forEach(mountpath.files()::forceDirectory);
            if (!batch.isEmpty()) {
                writing = true;
                mountpath.index().write(batch, sync);
            }
        } catch (RuntimeException e) {
            // Once the write was tried, the index alone knows whether it names the files.
            steps.forEach(step -> fail(step.work, e, writing));
            return;
        }
        settle();
        publish();
    }

    private void prepare(Work work) {
        int partition = mountpath.partitionOf(work.key());
        mountpath.places().checkCommit(mountpath, partition);
        Counter counter = mountpath.assignedCounter(partition);
        ObjectRecord before = overlay.containsKey(work.key()) ? overlay.get(work.key()) : mountpath.find(work.key());
        Decision decision = mountpath.decider().decide(work, before, counter);
        List<Long> unused = List.of();
        if (decision instanceof Decision.Write write) {
            if (work instanceof Work.Apply apply && apply.body() != null) {
                checkSpace();
            }
            Stager.stage(batch, partition, work.key(), before, write);
            if (work instanceof Work.Apply apply) {
                Body body = apply.body();
                unused = completeUpload(apply, write.after());
                mountpath.intents().forgetCommitted(apply.change(), batch);
                if (body instanceof DataBody file && write.syncedFile()) {
                    directories.add(mountpath.files().blockDirectory(FileIds.blockOf(file.fileId())));
                }
            }
            overlay.put(work.key(), write.after());
            sync |= write.syncedIndex();
        }
        steps.add(new Step(work, partition, before, decision, unused));
    }

    /** Adds to the batch that the multipart upload of a change is over, and returns the files of the parts that it does not use. */
    private List<Long> completeUpload(Work.Apply apply, @Nullable ObjectRecord after) {
        String uploadId = uploadOf(apply);
        return uploadId == null || after == null
                ? List.of()
                : mountpath.uploads().stageCompleted(batch, apply.key(), uploadId, after);
    }

    private @Nullable String uploadOf(Work.Apply apply) {
        Body body = apply.body();
        String own = body == null ? null : body.uploadId();
        return own != null ? own : mountpath.intents().uploadOf(apply.change());
    }

    /** Once per group, and only for what brings data: deletes and outcomes make room, so they pass on a full disk too. */
    private void checkSpace() {
        if (!hasSpace) {
            mountpath.space().checkForIndex();
            hasSpace = true;
        }
    }

    /** Brings what is kept in memory up to what the index now says. */
    private void settle() {
        var replaced = new ArrayList<Long>();
        var noted = new ArrayList<ObjectRecord>();
        for (Step step : steps) {
            if (step.decision instanceof Decision.Write write) {
                ObjectRecord after = write.after();
                mountpath.tally().change(step.partition, step.before, after);
                mountpath.watch().changed(step.partition, step.work.key());
                replaced.addAll(Stager.replaced(step.before, after));
                replaced.addAll(step.unused);
                // What only marks a record clean or parked need not survive the index.
                if (after != null
                        && (step.before == null || !after.files().equals(step.before.files()) || after.tombstone())) {
                    noted.add(after);
                }
                if (write.event() != null) {
                    mountpath.outbox().added();
                }
                if (step.work instanceof Work.Apply apply) {
                    Change change = apply.change();
                    Body body = apply.body();
                    String uploadId = uploadOf(apply);
                    if (uploadId != null) {
                        mountpath.uploads().ended(change.key(), uploadId);
                    }
                    mountpath.intents().committed(change, body);
                    if (body != null) {
                        body.committed();
                        if (body instanceof DataBody file && !write.syncedFile()) {
                            mountpath.unsynced().committed(file.fileId());
                        }
                    }
                }
            }
        }
        mountpath.journal().note(noted, mountpath.ids().currentBlock());
        if (writing) {
            mountpath.garbage().replaced(replaced, sync);
            if (sync && !replaced.isEmpty()) {
                mountpath.janitor().wake();
            }
        }
    }

    private void publish() {
        for (Step step : steps) {
            if (step.decision instanceof Decision.Write write && write.after() != null) {
                mountpath.listeners().accept(write.after());
            }
        }
        for (Step step : steps) {
            step.work.future().complete(result(step));
        }
    }

    private CommitResult result(Step step) {
        return switch (step.decision) {
            case Decision.Write(var after, var event, var sequence, var index, var file) ->
                new CommitResult.Committed(after == null ? removed(step) : after, step.before);
            case Decision.Nothing(var record) -> new CommitResult.Committed(record, record);
            case Decision.Reject(var reason) -> {
                release(step.work);
                yield new CommitResult.Rejected(reason, step.before);
            }
        };
    }

    private static ObjectRecord removed(Step step) {
        if (step.before == null) {
            throw new IllegalStateException("There was nothing to remove");
        }
        return step.before;
    }

    private static void release(Work work) {
        if (work instanceof Work.Apply(var change, var body, var future) && body != null) {
            body.release();
        }
    }

    /** @param inDoubt whether the index may list the file after the next start */
    private static void fail(Work work, RuntimeException e, boolean inDoubt) {
        if (!inDoubt) {
            release(work);
        } else if (work instanceof Work.Apply(var change, var body, var future) && body != null) {
            body.abandon();
        }
        work.future()
                .completeExceptionally(
                        e instanceof LandfallException
                                ? e
                                : new LandfallException(
                                        ErrorCode.INTERNAL_ERROR, "Failed to commit " + work.key() + ": " + e, e));
    }
}
