package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.ObjectRouter;
import dev.landfall.model.BucketName;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Origin;
import dev.landfall.model.TimeSource;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies what the disks have of a bucket into another, under the same names, each object from its owner straight to the owner of the copy.
 * Done again, it copies what has changed in between. An object of another origin is left alone.
 */
record CopyJob(Tier tier, ObjectRouter router, TimeSource time) implements JobKind {
    static final String NAME = "copy";
    private static final int PAGE = 256;

    record Args(
            @Nullable String bucket,
            @Nullable String to,
            @Nullable String prefix,
            @Nullable Boolean overwrite) {
        BucketName source() {
            return new BucketName(bucket == null ? "" : bucket);
        }

        BucketName destination() {
            return new BucketName(to == null ? "" : to);
        }

        String under() {
            return prefix == null ? "" : prefix;
        }

        boolean overwrites() {
            return overwrite != null && overwrite;
        }
    }

    @Override
    public JsonNode check(JsonNode args, ClusterView view) {
        Args asked = Json.strict(Json.write(args), Args.class);
        if (asked.bucket == null || asked.to == null) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "A copy job needs \"bucket\" and \"to\"");
        }
        if (asked.bucket.equals(asked.to)) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "A bucket cannot be copied to itself");
        }
        view.bucket(asked.source());
        view.bucket(asked.destination());
        return Json.mapper().valueToTree(new Args(asked.bucket, asked.to, asked.under(), asked.overwrites()));
    }

    @Override
    public void run(JsonNode args, JobTally tally, BooleanSupplier cancelled) {
        Args of = Json.read(Json.write(args), Args.class);
        new JobWalk(time, tally, cancelled)
                .each(after -> page(of, after), ObjectKey::name, key -> copy(key, of, tally));
    }

    private JobWalk.Page<ObjectKey> page(Args of, String after) {
        List<ObjectKey> keys = tier.list(of.source(), of.under(), after, PAGE).stream()
                .map(ObjectInfo::key)
                .toList();
        return new JobWalk.Page<>(
                keys, keys.size() < PAGE ? null : keys.getLast().name());
    }

    private void copy(ObjectKey key, Args of, JobTally tally) {
        try (ObjectData source = tier.get(key)) {
            Generation generation = source.info().generation();
            if (generation == null) {
                tally.ignored(key.name() + ": it is only on S3 by now; prefetch the bucket and copy it again");
                return;
            }
            var origin = new Origin("job:copy/" + of.source(), key.toString(), generation, 0);
            PutOutcome outcome = router.putCopy(
                    new ObjectKey(of.destination(), key.name()),
                    PutRequest.likeSource(source.info()).from(origin, of.overwrites()),
                    source);
            if (outcome.kind() == PutOutcome.Kind.COMMITTED) {
                tally.done(source.info().size());
            } else {
                tally.skipped();
            }
        } catch (LandfallException e) {
            switch (e.code()) {
                case NO_SUCH_OBJECT -> tally.skipped();
                case OUTPUT_CONFLICT ->
                    tally.ignored(key.name() + ": another object has this name in " + of.destination()
                            + "; \"overwrite\": true replaces it");
                default -> throw e;
            }
        }
    }
}
