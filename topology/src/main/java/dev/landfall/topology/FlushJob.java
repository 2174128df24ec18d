package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits until S3 has everything of a bucket. What S3 has refused for good is a failure of the job. */
record FlushJob(Tier tier) implements JobKind {
    static final String NAME = "flush";
    private static final Duration LOOK = Duration.ofMillis(200);

    @Override
    public JsonNode check(JsonNode args, ClusterView view) {
        if (args.has("prefix")) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "A flush is of the whole bucket; leave \"prefix\" out");
        }
        return BucketArgs.check(NAME, args, view);
    }

    @Override
    public void run(JsonNode args, JobTally tally, BooleanSupplier cancelled) {
        BucketName bucket = BucketArgs.of(args).name();
        long last = tier.dirty(bucket).objects();
        for (boolean clean = false; !clean && !cancelled.getAsBoolean(); ) {
            clean = tier.flush(bucket, LOOK);
            long now = tier.dirty(bucket).objects();
            for (; last > now; last--) {
                tally.done(0);
            }
            last = now;
        }
        if (!cancelled.getAsBoolean()) {
            long parked = tier.dirty(bucket).parked();
            tier.parked(bucket, (int) Math.min(parked, JobTally.MAX_REASONS))
                    .forEach(info -> tally.failed(info.key().name() + ": " + info.parked()));
        }
    }
}
