package dev.landfall.node.cli;

import picocli.CommandLine.Command;

@Command(
        name = "key",
        description = "Create, list and remove access keys.",
        mixinStandardHelpOptions = true,
        subcommands = {KeyCreateCommand.class, KeyLsCommand.class, KeyRmCommand.class})
public final class KeyCommand {}
