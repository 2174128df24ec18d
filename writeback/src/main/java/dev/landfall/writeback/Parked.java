package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.ObjectState;
import dev.landfall.targets.Change;
import dev.landfall.targets.CommitResult;
import dev.landfall.targets.ObjectStore;
import java.util.List;

/** Re-arms what S3 refused. */
final class Parked {
    private static final int PAGE = 500;

    private Parked() {}

    static int retry(ObjectStore store, Lanes lanes, BucketName bucket) {
        int count = 0;
        for (int partition : store.assigned()) {
            long after = -1;
            List<ObjectRecord> page;
            do {
                page = store.dirty(partition, after, PAGE);
                for (ObjectRecord record : page) {
                    var mark = record.dirtySince();
                    after = mark == null ? after : mark.order();
                    if (record.state() == ObjectState.PARKED
                            && record.key().bucket().equals(bucket)) {
                        count += unpark(store, lanes, record) ? 1 : 0;
                    }
                }
            } while (page.size() == PAGE);
        }
        return count;
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
