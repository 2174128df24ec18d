package dev.landfall.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a node's share of a job has done so far. Thread-safe. */
final class JobTally {
    static final int MAX_REASONS = 10;

    private long stored;
    private long bytes;
    private long skipped;
    private long ignored;
    private long failed;
    private final List<String> reasons = new ArrayList<>();
    private final List<String> ignoredReasons = new ArrayList<>();

    synchronized void stored(long size) {
        stored++;
        bytes += size;
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
        return new JobProgress(job, node, state, stored, bytes, skipped, ignored, failed, first, time);
    }

    synchronized boolean hasFailures() {
        return failed > 0;
    }
}
