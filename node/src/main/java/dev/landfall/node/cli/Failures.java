package dev.landfall.node.cli;

import dev.landfall.model.LandfallException;
import dev.landfall.node.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * What a command that fails says, and its exit code: 1 when it failed, 2 when it was asked wrongly. Stack traces are for the log at the
 * level DEBUG.
 */
public final class Failures implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** For arguments that do not parse: the sentence and where help is, not the whole help. */
    public static IParameterExceptionHandler usage() {
        return (e, arguments) -> usage(e, e.getCommandLine());
    }

    private static int usage(Exception e, CommandLine command) {
        var err = command.getErr();
        err.println("landfall: " + e.getMessage());
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        LOG.debug("The command failed", e);
        if (e instanceof WrongArgument) {
            return usage(e, command);
        }
        var err = command.getErr();
        err.println("landfall: " + sentence(e));
        err.flush();
        return e instanceof ConfigException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    private static String sentence(Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return switch (e) {
            case LandfallException own
            when own.getCause() == null -> message + " (" + own.code().wire() + ")";
            // With a cause it is not what a server answered, and the sentence says it all.
            case LandfallException own -> message;
            case UncheckedIOException io -> sentence(message, io.getCause());
            case FileSystemException file -> sentence(file);
            case IOException io -> message;
            case ConfigException config -> message;
            case IllegalStateException state -> message;
            default -> e.toString();
        };
    }

    private static String sentence(String message, @Nullable IOException cause) {
        if (cause == null) {
            return message;
        }
        if (message.equals(cause.toString())) {
            return sentence(cause);
        }
        String reason = ": " + cause.getMessage();
        String start = message.endsWith(reason) ? message.substring(0, message.length() - reason.length()) : message;
        return start + ": " + sentence(cause);
    }

    private static String sentence(FileSystemException e) {
        String why = switch (e) {
            case NoSuchFileException absent -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException there -> "it exists, and is not a directory";
            default -> e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        };
        return e.getFile() + ": " + why;
    }
}
