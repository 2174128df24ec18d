package dev.landfall.topology;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which offsets of one partition are finished. The lowest unfinished one is what is committed; the finished ones above it ride along as
 * text, so that they are not worked on again after a restart. Not thread-safe.
 */
final class OffsetTracker {
    /** Kafka's default limit for the metadata of a commit is 4,096 bytes. */
    static final int MAX_METADATA = 3_500;

    private static final String VERSION = "v1:";
    private static final int RADIX = 36;

    /** Disjoint, not adjacent, all above {@link #lowest}: first offset → last offset, both finished. */
    private final NavigableMap<Long, Long> finished = new TreeMap<>();

    private long lowest;
    private long seen;

    /** @param metadata of the commit that gave the offset; empty or unreadable text counts as nothing */
    OffsetTracker(long committed, String metadata) {
        this.lowest = committed;
        this.seen = committed;
        decode(metadata);
    }

    /** To be called for each record in order. Offsets that were passed over on the way hold no record and count as finished. */
    boolean start(long offset) {
        passedTo(offset);
        seen = Math.max(seen, offset + 1);
        return offset >= lowest && !isFinished(offset);
    }

    /** There is no record from the last one to here (exclusive). */
    void passedTo(long position) {
        for (long gap = seen; gap < position; gap++) {
            Map.Entry<Long, Long> run = finished.floorEntry(gap);
            if (run != null && run.getValue() >= gap) {
                gap = run.getValue();
                continue;
            }
            Map.Entry<Long, Long> next = finished.higherEntry(gap);
            long end = next == null ? position : Math.min(position, next.getKey());
            finish(gap, end - 1);
            gap = end - 1;
        }
        seen = Math.max(seen, position);
    }

    void finish(long offset) {
        if (offset >= lowest && !isFinished(offset)) {
            finish(offset, offset);
        }
    }

    private void finish(long from, long to) {
        long first = from;
        long last = to;
        Map.Entry<Long, Long> before = finished.floorEntry(from);
        if (before != null && before.getValue() == from - 1) {
            first = before.getKey();
        }
        Long after = finished.remove(to + 1);
        if (after != null) {
            last = after;
        }
        finished.put(first, last);
        if (first <= lowest) {
            finished.remove(first);
            lowest = last + 1;
        }
    }

    private boolean isFinished(long offset) {
        Map.Entry<Long, Long> run = finished.floorEntry(offset);
        return run != null && run.getValue() >= offset;
    }

    /** The offset to commit. */
    long lowestUnfinished() {
        return lowest;
    }

    /** Runs of finished offsets, nearest first, as many as fit. */
    String metadata() {
        if (finished.isEmpty()) {
            return "";
        }
        var text = new StringBuilder(VERSION);
        long at = lowest;
        for (Map.Entry<Long, Long> run : finished.entrySet()) {
            String next = Long.toString(run.getKey() - at, RADIX) + "+"
                    + Long.toString(run.getValue() - run.getKey() + 1, RADIX) + ",";
            if (text.length() + next.length() > MAX_METADATA) {
                break;
            }
            text.append(next);
            at = run.getValue() + 1;
        }
        return text.toString();
    }

    private void decode(String metadata) {
        if (!metadata.startsWith(VERSION)) {
            return;
        }
        long at = lowest;
        for (String run : metadata.substring(VERSION.length()).split(",")) {
            String[] parts = run.split("\\+");
            try {
                long first = at + Long.parseLong(parts[0], RADIX);
                long length = parts.length == 2 ? Long.parseLong(parts[1], RADIX) : 0;
                if (first <= at && first != at || length < 1) {
                    return;
                }
                finish(first, first + length - 1);
                at = first + length;
            } catch (NumberFormatException e) {
                return;
            }
        }
    }
}
