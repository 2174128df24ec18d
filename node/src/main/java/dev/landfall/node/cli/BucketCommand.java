package dev.landfall.node.cli;

import picocli.CommandLine.Command;

@Command(
        name = "bucket",
        description = "Create, list, show and remove buckets.",
        mixinStandardHelpOptions = true,
        subcommands = {BucketCreateCommand.class, BucketLsCommand.class, BucketStatCommand.class, BucketRmCommand.class
        })
public final class BucketCommand {}
