package dev.landfall.targets;

import java.nio.ByteBuffer;
import java.util.TreeMap;

/**
 * Hands out the ids of data files. Ids come in blocks that the index holds durably before the first of a block is used; a block is one
 * directory. A block is open while a file of it may exist that the index does not know: after a crash only open blocks are looked at.
 */
final class FileIds {
    static final int BLOCK_BITS = 10;
    private static final byte[] META_KEY = IndexKeys.meta("file-ids");

    /** Makes the directory of a new block, durably. */
    interface BlockMaker {
        void make(long block);
    }

    private final Index index;
    private final BlockMaker blockMaker;
    private final long lowestOpenAtStart;
    /** Open block → files of it that are neither in the index nor gone. */
    private final TreeMap<Long, Integer> open = new TreeMap<>();

    private long next;
    private long end;

    /** @param first the lowest id of the mountpath */
    FileIds(Index index, long first, BlockMaker blockMaker) {
        this.index = index;
        this.blockMaker = blockMaker;
        byte[] value = index.get(Column.META, META_KEY);
        if (value == null) {
            lowestOpenAtStart = 0;
            next = first;
            end = first;
        } else {
            ByteBuffer numbers = IndexKeys.numbersOf(value, "The mark of file ids");
            next = numbers.getLong() << BLOCK_BITS;
            end = next;
            lowestOpenAtStart = numbers.getLong();
        }
    }

    static long blockOf(long fileId) {
        return fileId >>> BLOCK_BITS;
    }

    /** Files of this block and above may be unknown to the index. */
    long lowestOpenAtStart() {
        return lowestOpenAtStart;
    }

    /** A new id; {@link #settled} has to follow. */
    synchronized long take() {
        if (next == end) {
            long block = blockOf(next);
            long lowest = open.isEmpty() ? block : Math.min(open.firstKey(), block);
            index.write(new Batch().put(Column.META, META_KEY, IndexKeys.numbers(block + 1, lowest)), true);
            blockMaker.make(block);
            end = next + (1L << BLOCK_BITS);
        }
        long id = next++;
        opened(id);
        return id;
    }

    /** Says that the index does not list the file of an id, though it may exist. */
    synchronized void opened(long fileId) {
        open.merge(blockOf(fileId), 1, Integer::sum);
    }

    /** Says that the index lists the file, or that it is gone. */
    synchronized void settled(long fileId) {
        open.computeIfPresent(blockOf(fileId), (block, count) -> count == 1 ? null : count - 1);
    }

    /** Whether no file will be made in a block any more. */
    synchronized boolean isClosed(long block) {
        return !open.containsKey(block) && block != blockOf(end - 1);
    }

    synchronized int inFlight() {
        return open.values().stream().mapToInt(Integer::intValue).sum();
    }
}
