package dev.landfall.node.cli;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.Durability;
import dev.landfall.model.RemoteLocation;
import dev.landfall.model.WritebackMode;
import dev.landfall.model.WritebackSpec;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Creates a bucket.", mixinStandardHelpOptions = true)
final class BucketCreateCommand implements Callable<Integer> {
    enum Mode {
        local,
        sync,
        async
    }

    enum Sync {
        fsync,
        os
    }

    @Mixin
    private Server server = new Server();

    @Parameters(paramLabel = "BUCKET")
    private String bucket = "";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "${COMPLETION-CANDIDATES}; default local, or async with --remote")
    private @Nullable Mode mode;

    @Option(names = "--remote", paramLabel = "s3://BUCKET/PREFIX", description = "where on S3 the objects go")
    private @Nullable String remote;

    @Option(names = "--endpoint", paramLabel = "NAME", description = "the configured remote; default: default")
    private @Nullable String endpoint;

    @Option(
            names = "--durability",
            paramLabel = "WHEN",
            description = "${COMPLETION-CANDIDATES}; when a change counts as on disk")
    private @Nullable Sync durability;

    @Override
    public Integer call() {
        BucketName name = Names.bucket(bucket);
        BucketSpec spec = WrongArgument.unless(this::spec);
        try (var client = server.connect()) {
            client.createBucket(name, spec);
        }
        return 0;
    }

    private BucketSpec spec() {
        var writeback = new WritebackSpec(
                mode == null ? null : WritebackMode.parse(mode.name()),
                remote == null ? null : RemoteLocation.parse(remote),
                endpoint);
        return new BucketSpec(
                writeback,
                durability == null ? null : Durability.valueOf(durability.name().toUpperCase(Locale.ROOT)),
                null);
    }
}
