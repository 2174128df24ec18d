package dev.landfall.node.cli;

import dev.landfall.model.LandfallException;
import dev.landfall.node.config.ConfigException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParseResult;

/** What a command that fails says, and its exit code: 1 when it failed, 2 when it was asked wrongly. */
public final class Failures implements IExecutionExceptionHandler {
    /** For arguments that do not parse: the sentence and where help is, not the whole help. */
    public static IParameterExceptionHandler usage() {
        return (e, arguments) -> {
            CommandLine command = e.getCommandLine();
            var err = command.getErr();
            err.println("landfall: " + e.getMessage());
            err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
            err.flush();
            return CommandLine.ExitCode.USAGE;
        };
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        var err = command.getErr();
        switch (e) {
            case ConfigException config -> err.println("landfall: " + config.getMessage());
            case LandfallException own ->
                err.println("landfall: " + own.getMessage() + " (" + own.code().wire() + ")");
            case UncheckedIOException io -> err.println("landfall: " + io.getMessage());
            case java.io.IOException io -> err.println("landfall: " + io);
            case IllegalStateException state -> err.println("landfall: " + state.getMessage());
            default -> e.printStackTrace(err);
        }
        err.flush();
        return e instanceof ConfigException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
}
