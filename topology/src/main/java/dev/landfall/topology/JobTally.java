package dev.landfall.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a node's share of a job has done so far. Thread-safe. */
final class JobTally {
    static final int MAX_REASONS = 10;

    private long objects;
    private long bytes;
    private long skipped;
    private long ignored;
    private long failed;
    private final List<String> reasons = new ArrayList<>();
    private final List<String> ignoredReasons = new ArrayList<>();

    private @Nullable String cursor;

    /** Goes on from what an earlier run of the share has reported; without a cursor it begins anew. */
    static JobTally after(@Nullable JobProgress last) {
        var tally = new JobTally();
        if (last != null && last.cursor() != null) {
            tally.objects = last.objects();
            tally.bytes = last.bytes();
            tally.skipped = last.skipped();
            tally.ignored = last.ignored();
            tally.failed = last.failed();
            tally.reasons.addAll(last.reasons());
            tally.cursor = last.cursor();
        }
        return tally;
    }

    synchronized void done(long size) {
        objects++;
        bytes += size;
    }

    /** Everything up to here is done, and is not done again after a crash. */
    synchronized void reached(String newCursor) {
        cursor = newCursor;
    }

    synchronized @Nullable String cursor() {
        return cursor;
    }

    synchronized void skipped() {
        skipped++;
    }

    synchronized void ignored(String reason) {
        ignored++;
        if (ignoredReasons.size() < MAX_REASONS) {
            ignoredReasons.add(reason);
        }
    }

    synchronized void failed(String reason) {
        failed++;
        if (reasons.size() < MAX_REASONS) {
            reasons.add(reason);
        }
    }

    synchronized JobProgress progress(String job, String node, JobState state, String time) {
        List<String> first = Stream.concat(reasons.stream(), ignoredReasons.stream())
                .limit(MAX_REASONS)
                .toList();
        return new JobProgress(job, node, state, objects, bytes, skipped, ignored, failed, first, time, cursor);
    }

    synchronized boolean hasFailures() {
        return failed > 0;
    }
}
