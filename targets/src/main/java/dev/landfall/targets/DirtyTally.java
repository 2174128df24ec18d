package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Running sums over the dirty index, so that admission need not read it. */
final class DirtyTally {
    private record Scope(int partition, BucketName bucket) {}

    private static final class Sum {
        long objects;
        long bytes;
        long parked;
        /** Wall milliseconds → dirty objects (not parked) of that moment. */
        final TreeMap<Long, Integer> since = new TreeMap<>();
    }

    private final Map<Scope, Sum> sums = new HashMap<>();

    synchronized void change(int partition, @Nullable ObjectRecord before, @Nullable ObjectRecord after) {
        add(partition, before, -1);
        add(partition, after, 1);
    }

    /** @param bucket null for all */
    synchronized DirtyStats stats(@Nullable BucketName bucket, IntPredicate partitions) {
        long objects = 0;
        long bytes = 0;
        long parked = 0;
        long oldest = Long.MAX_VALUE;
        for (var entry : sums.entrySet()) {
            Scope scope = entry.getKey();
            if (partitions.test(scope.partition) && (bucket == null || bucket.equals(scope.bucket))) {
                Sum sum = entry.getValue();
                objects += sum.objects;
                bytes += sum.bytes;
                parked += sum.parked;
                oldest = sum.since.isEmpty() ? oldest : Math.min(oldest, sum.since.firstKey());
            }
        }
        return new DirtyStats(objects, bytes, parked, oldest == Long.MAX_VALUE ? null : Instant.ofEpochMilli(oldest));
    }

    private void add(int partition, @Nullable ObjectRecord record, int sign) {
        if (record == null) {
            return;
        }
        var mark = record.dirtySince();
        if (mark == null) {
            return;
        }
        var scope = new Scope(partition, record.key().bucket());
        Sum sum = sums.computeIfAbsent(scope, s -> new Sum());
        sum.objects += sign;
        sum.bytes += sign * record.size();
        if (mark.parked() != null) {
            sum.parked += sign;
        } else {
            sum.since.merge(mark.since().toEpochMilli(), sign, (a, b) -> a + b == 0 ? null : a + b);
        }
        if (sum.objects == 0) {
            sums.remove(scope);
        }
    }
}
