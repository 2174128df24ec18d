package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** A listing of a bucket in one index: a range scan. */
final class Listing {
    private Listing() {}

    static List<ObjectRecord> of(
            Index index, BucketName bucket, String prefix, String after, int limit, Predicate<ObjectKey> wanted) {
        var found = new ArrayList<ObjectRecord>();
        byte[] first = bytes(bucket + "/" + prefix);
        byte[] next = bytes(bucket + "/" + after + "\0");
        byte[] from = after.isEmpty() || Arrays.compareUnsigned(first, next) > 0 ? first : next;
        byte[] end = first.clone();
        // UTF-8 has no byte 0xff, so this cannot overflow.
        end[end.length - 1]++;
        if (limit > 0 && Arrays.compareUnsigned(from, end) < 0) {
            index.scan(Column.RECORDS, from, end, (key, value) -> {
                ObjectRecord record = RecordCodec.decode(ObjectKey.fromBytes(key), value);
                if (!record.tombstone() && wanted.test(record.key())) {
                    found.add(record);
                }
                return found.size() < limit;
            });
        }
        return found;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
