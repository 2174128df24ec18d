package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.writeback.RemoteNames;
import java.util.function.BooleanSupplier;

/** Brings to the disks what only S3 has. Each node lists the remote and takes the keys that it owns. */
record PrefetchJob(Tier tier, TimeSource time) implements JobKind {
    static final String NAME = "prefetch";

    @Override
    public JsonNode check(JsonNode args, ClusterView view) {
        return BucketArgs.check(NAME, args, view);
    }

    @Override
    public void run(JsonNode args, JobTally tally, BooleanSupplier cancelled) {
        BucketArgs of = BucketArgs.of(args);
        new JobWalk(time, tally, cancelled)
                .each(
                        after -> {
                            RemoteNames names = tier.listRemote(of.name(), of.under(), after);
                            names.unusable()
                                    .forEach(name -> tally.ignored(name + ": not a name that an object can have here"));
                            return new JobWalk.Page<>(names.entries(), names.next());
                        },
                        entry -> entry.key().name(),
                        entry -> fetch(entry, tally));
    }

    private void fetch(RemoteNames.Entry entry, JobTally tally) {
        try {
            long bytes = tier.prefetch(entry.key());
            if (bytes > 0 || entry.size() == 0) {
                tally.done(bytes);
            } else {
                tally.skipped();
            }
        } catch (LandfallException e) {
            if (e.code() != ErrorCode.NO_SUCH_OBJECT) {
                throw e;
            }
            // Deleted here, and soon on S3 too; or gone there since the listing.
            tally.skipped();
        }
    }
}
