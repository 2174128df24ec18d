package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.ObjectStore;
import dev.landfall.writeback.RemoteStore.Listed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of what S3 has of a bucket: the keys of this node's partitions.
 *
 * @param unusable names that S3 has and Landfall cannot have, as one with {@code ..} in it
 * @param next where the next part begins (exclusive); null at the end. A part may be empty and not the last one
 */
public record RemoteNames(
        List<Entry> entries,
        List<String> unusable,
        @Nullable String next) {
    private static final int PAGE = 1000;

    /** @param size in bytes, as S3 says */
    public record Entry(ObjectKey key, long size) {}

    static RemoteNames list(ObjectStore store, Remotes remotes, BucketName bucket, String prefix, String after) {
        BucketSpec spec = remotes.bucket(bucket);
        Place root = remotes.place(new ObjectKey(bucket, ConditionProbe.DIRECTORY), spec);
        String under = root.besides("");
        Listed listed = root.store().list(root.bucket(), under + prefix, after.isEmpty() ? "" : under + after, PAGE);
        return switch (listed) {
            case Listed.Failed(Outcome outcome) -> throw RemoteErrors.failed("list " + bucket + " on S3", outcome);
            case Listed.Page page -> of(store, bucket, under.length(), page);
        };
    }

    private static RemoteNames of(ObjectStore store, BucketName bucket, int cut, Listed.Page page) {
        List<Entry> ours = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        for (Listed.Entry entry : page.entries()) {
            String name = entry.key().substring(cut);
            if (name.isEmpty() || name.startsWith(ConditionProbe.DIRECTORY)) {
                continue;
            }
            try {
                var key = new ObjectKey(bucket, name);
                if (store.owns(key)) {
                    ours.add(new Entry(key, entry.size()));
                }
            } catch (LandfallException e) {
                unusable.add(name);
            }
        }
        boolean more = page.more() && !page.entries().isEmpty();
        return new RemoteNames(
                ours, unusable, more ? page.entries().getLast().key().substring(cut) : null);
    }
}
