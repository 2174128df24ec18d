package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;

/**
 * The counter of one partition. Its mark is durable ahead of every number that is handed out, so a number is never used twice, whatever
 * the last run lost; after a start it goes on from the mark. Holds the highest epoch too: generations must not go back. Guarded by its
 * {@link Counters}.
 */
final class Counter {
    private static final int BLOCK = 1024;

    private final Counters owner;
    private final Entries index;
    private final int partition;
    private final byte[] metaKey;
    private long next;
    private long mark;
    private int epoch;

    Counter(Counters owner, Entries index, int partition) {
        this.owner = owner;
        this.index = index;
        this.partition = partition;
        metaKey = IndexKeys.meta("counter/" + partition);
        byte[] value = index.get(Column.META, metaKey);
        if (value != null) {
            ByteBuffer numbers = IndexKeys.numbersOf(value, "The counter of partition " + partition);
            mark = numbers.getLong();
            epoch = Math.toIntExact(numbers.getLong());
        }
        next = Math.max(mark, 1);
        mark = next;
    }

    /**
     * The next number, which no run of this store has handed out before.
     *
     * @throws LandfallException when the index cannot be written; then nothing changed
     */
    long take() {
        synchronized (owner) {
            if (next >= mark) {
                long newMark = next + BLOCK;
                index.write(new Batch().put(Column.META, metaKey, IndexKeys.numbers(newMark, epoch)), true);
                mark = newMark;
            }
            return next++;
        }
    }

    Generation takeGeneration() {
        synchronized (owner) {
            long number = take();
            return Generation.of(epoch, number);
        }
    }

    int epoch() {
        synchronized (owner) {
            return epoch;
        }
    }

    /**
     * Adds a later epoch to a batch, and a block of numbers with it.
     *
     * @return what to run once the batch is written
     * @throws IllegalStateException when the partition has been in a later epoch
     */
    Runnable prepareEpoch(int newEpoch, Batch batch) {
        if (newEpoch < epoch) {
            throw new IllegalStateException("Partition " + partition + " cannot go back from epoch " + epoch + " to "
                    + newEpoch + ": the cluster map is older than the data on this node's mountpaths");
        }
        if (newEpoch == epoch) {
            return () -> {};
        }
        long newMark = Math.max(mark, next + BLOCK);
        batch.put(Column.META, metaKey, IndexKeys.numbers(newMark, newEpoch));
        return () -> {
            mark = newMark;
            epoch = newEpoch;
        };
    }
}
