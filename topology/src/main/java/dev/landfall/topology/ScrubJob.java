package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.placement.Cluster;
import dev.landfall.writeback.Scrub;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every node reads its objects of a bucket, or of all, and compares them with their checksums. Good ones count as skipped, healed ones as
 * objects; one that nobody has any more makes the job fail.
 */
final class ScrubJob implements JobKind {
    static final String NAME = "scrub";
    private static final long RATE = 100L << 20;

    private final Scrub scrub;
    private final Cluster cluster;

    ScrubJob(Scrub scrub, Cluster cluster) {
        this.scrub = scrub;
        this.cluster = cluster;
    }

    /** @param bytesPerSecond that each node reads at most */
    record Args(@Nullable String bucket, @Nullable Long bytesPerSecond) {
        long rate() {
            return bytesPerSecond == null ? RATE : bytesPerSecond;
        }
    }

    @Override
    public JsonNode check(JsonNode args, ClusterView view) {
        Args read = Json.strict(Json.write(args), Args.class);
        if (read.bucket() != null) {
            view.bucket(new BucketName(read.bucket()));
        }
        if (read.rate() < 1) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "\"bytesPerSecond\" must be at least 1");
        }
        return Json.mapper().valueToTree(new Args(read.bucket(), read.rate()));
    }

    @Override
    public void run(JsonNode args, JobTally tally, BooleanSupplier cancelled) {
        Args read = Json.read(Json.write(args), Args.class);
        List<String> buckets = read.bucket() != null
                ? List.of(read.bucket())
                : cluster.view().buckets().keySet().stream().sorted().toList();
        for (String bucket : buckets) {
            scrub.run(new BucketName(bucket), read.rate(), new Report(tally), cancelled);
        }
    }

    private record Report(JobTally tally) implements Scrub.Progress {
        @Override
        public void good(long bytes) {
            tally.skipped();
        }

        @Override
        public void healed(ObjectKey key, long bytes) {
            tally.done(bytes);
        }

        @Override
        public void lost(ObjectKey key, String why) {
            tally.failed(key + ": " + why);
        }
    }
}
