package dev.landfall.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.Promoter;
import dev.landfall.model.BucketName;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Files on the nodes' disks become objects; each node takes the files whose keys it owns. */
final class PromoteJob implements JobKind {
    static final String NAME = "promote";

    private final Promoter promoter;

    PromoteJob(Promoter promoter) {
        this.promoter = promoter;
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Args(
            @Nullable String bucket,
            @Nullable String path,
            @Nullable String prefix,
            @Nullable Boolean recursive,
            @Nullable Boolean overwrite) {
        Promoter.Request request() {
            if (bucket == null || path == null) {
                throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "A promote job needs \"bucket\" and \"path\"");
            }
            Path file;
            try {
                file = Path.of(path);
            } catch (InvalidPathException e) {
                throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "\"path\" is not a path: " + e.getReason(), e);
            }
            if (!file.isAbsolute()) {
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT, "\"path\" must be absolute, as the nodes see it");
            }
            return new Promoter.Request(
                    new BucketName(bucket),
                    file,
                    prefix == null ? "" : prefix,
                    recursive == null || recursive,
                    overwrite != null && overwrite);
        }
    }

    @Override
    public JsonNode check(JsonNode args, ClusterView view) {
        Promoter.Request request = Json.strict(Json.write(args), Args.class).request();
        view.bucket(request.bucket());
        // Cancelled from the start: nothing is promoted, but a path that this node would refuse is refused now.
        promoter.run(request, new Report(new JobTally()), () -> true);
        return Json.mapper()
                .valueToTree(new Args(
                        request.bucket().value(),
                        request.path().toString(),
                        request.prefix(),
                        request.recursive(),
                        request.overwrite()));
    }

    @Override
    public void run(JsonNode args, JobTally tally, BooleanSupplier cancelled) {
        promoter.run(Json.read(Json.write(args), Args.class).request(), new Report(tally), cancelled);
    }

    private record Report(JobTally tally) implements Promoter.Progress {
        @Override
        public void stored(String name, long bytes) {
            tally.done(bytes);
        }

        @Override
        public void skipped(String name) {
            tally.skipped();
        }

        @Override
        public void ignored(String name, String why) {
            tally.ignored(name + ": " + why);
        }

        @Override
        public void failed(String name, String why) {
            tally.failed(name + ": " + why);
        }
    }
}
