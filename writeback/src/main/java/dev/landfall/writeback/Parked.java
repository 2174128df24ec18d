package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds and re-arms what S3 refused. */
final class Parked {
    private static final int PAGE = 500;

    private Parked() {}

    /** The first parked records of a bucket, tombstones too, in no certain order. */
    static List<ObjectRecord> some(ObjectStore store, BucketName bucket, int limit) {
        var found = new ArrayList<ObjectRecord>();
        for (int partition : store.assigned()) {
            each(store, bucket, partition, record -> {
                found.add(record);
                return found.size() < limit;
            });
            if (found.size() >= limit) {
                break;
            }
        }
        return found;
    }

    static int retry(ObjectStore store, Lanes lanes, BucketName bucket) {
        int[] count = new int[1];
        for (int partition : store.assigned()) {
            each(store, bucket, partition, record -> {
                count[0] += unpark(store, lanes, record) ? 1 : 0;
                return true;
            });
        }
        return count[0];
    }

    /** @param more called for each; whether the next is wanted */
    private static void each(ObjectStore store, BucketName bucket, int partition, Predicate<ObjectRecord> more) {
        long after = -1;
        List<ObjectRecord> page;
        do {
            page = store.dirty(partition, after, PAGE);
            for (ObjectRecord record : page) {
                var mark = record.dirtySince();
                after = mark == null ? after : mark.order();
                boolean wanted = record.state() == ObjectState.PARKED
                        && record.key().bucket().equals(bucket);
                if (wanted && !more.test(record)) {
                    return;
                }
            }
        } while (page.size() == PAGE);
    }

    private static boolean unpark(ObjectStore store, Lanes lanes, ObjectRecord record) {
        CommitResult result = Commits.await(store.commit(new Change.Unpark(record.key(), record.generation())));
        if (result instanceof CommitResult.Committed(ObjectRecord now, ObjectRecord previous)) {
            lanes.wake(now, StartCause.EVENT, Lane.UNKNOWN);
            return true;
        }
        return false;
    }
}
