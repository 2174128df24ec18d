package dev.landfall.dev.bench;

import picocli.CommandLine.Command;

@Command(
        name = "bench",
        description = "Measures the object path, and how near it comes to what the machine can do.",
        mixinStandardHelpOptions = true,
        subcommands = {PutCommand.class, GetCommand.class, ListCommand.class, FillCommand.class, LimitsCommand.class})
public final class BenchCommand {}
