package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Changes the records of a mountpath, one group at a time. Its thread takes what waits as a group and hands it over; while a group is being
 * synced, the next one gathers.
 */
final class Committer implements AutoCloseable {
    private static final int QUEUE = 1024;
    private static final int GROUP = 256;

    /** An empty one ends the thread. */
    private final BlockingQueue<Optional<Work>> queue = new ArrayBlockingQueue<>(QUEUE);

    private final Consumer<List<Work>> groups;
    private final Thread thread;
    /** Held while a group is committed. */
    private final ReentrantLock committing = new ReentrantLock();

    private volatile boolean closing;
    private volatile boolean ended;

    /** @param groups commits a group and answers every piece of it; throws nothing */
    Committer(String name, Consumer<List<Work>> groups) {
        this.groups = groups;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Whether the queue is half full: far enough from the end for those that must not wait. */
    boolean isBusy() {
        return queue.size() > QUEUE / 2;
    }

    /**
     * Commits in the caller's thread when nobody else commits and nobody waits; otherwise as {@link #submit}. For work that no sync belongs
     * to: handing it over takes longer than doing it.
     */
    void commitHere(Work work) {
        if (queue.isEmpty() && !committing.isHeldByCurrentThread() && committing.tryLock()) {
            try {
                if (!closing) {
                    groups.accept(List.of(work));
                    return;
                }
            } finally {
                committing.unlock();
            }
        }
        submit(work);
    }

    /** Waits while the queue is full. */
    void submit(Work work) {
        if (closing) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
        var item = Optional.of(work);
        try {
            queue.put(item);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(ErrorCode.BUSY, "The change was interrupted while it waited for its commit", e);
        }
        // Between the last look at the queue and the end of the thread: nobody else will answer it.
        if (ended && queue.remove(item)) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
    }

    /** Refuses new work, commits what waits, ends the thread. */
    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        for (boolean told = false; thread.isAlive(); ) {
            try {
                if (!told) {
                    queue.put(Optional.empty());
                    told = true;
                }
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        committing.lock(); // who commits here, and has not seen that this is closing
        committing.unlock();
        ended = true;
        for (Optional<Work> left; (left = queue.poll()) != null; ) {
            left.ifPresent(work -> work.future().completeExceptionally(LandfallException.of(ErrorCode.SHUTTING_DOWN)));
        }
    }

    private void run() {
        var taken = new ArrayList<Optional<Work>>(GROUP);
        do {
            taken.clear();
            try {
                taken.add(queue.take());
            } catch (InterruptedException e) {
                // Nobody may interrupt a commit.
                continue;
            }
            queue.drainTo(taken, GROUP - 1);
            committing.lock();
            try {
                groups.accept(taken.stream().flatMap(Optional::stream).toList());
            } finally {
                committing.unlock();
            }
        } while (!taken.contains(Optional.<Work>empty()));
    }
}
