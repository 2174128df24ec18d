package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import dev.landfall.writeback.Eviction;
import dev.landfall.writeback.ObjectInfo;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Frees the local copies of what S3 has. */
record EvictJob(Tier tier, TimeSource time) implements JobKind {
    static final String NAME = "evict";
    private static final int PAGE = 256;

    @Override
    public JsonNode check(JsonNode args, ClusterView view) {
        return BucketArgs.check(NAME, args, view);
    }

    @Override
    public void run(JsonNode args, JobTally tally, BooleanSupplier cancelled) {
        BucketArgs of = BucketArgs.of(args);
        new JobWalk(time, tally, cancelled).each(after -> page(of, after), ObjectKey::name, key -> {
            switch (tier.evict(key)) {
                case Eviction.Evicted(long bytes) -> tally.done(bytes);
                case Eviction.Absent absent -> tally.skipped();
                case Eviction.Kept(String why) -> tally.ignored(key.name() + ": " + why);
            }
        });
    }

    private JobWalk.Page<ObjectKey> page(BucketArgs of, String after) {
        List<ObjectKey> keys = tier.list(of.name(), of.under(), after, PAGE).stream()
                .map(ObjectInfo::key)
                .toList();
        return new JobWalk.Page<>(
                keys, keys.size() < PAGE ? null : keys.getLast().name());
    }
}
