package dev.landfall.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailuresTest {
    @Command(name = "fails")
    private record Failing(Exception failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }

    @Test
    void whatNobodyExpectedIsOneLine() {
        assertThat(said(new IllegalArgumentException("odd"))).isEqualTo("java.lang.IllegalArgumentException: odd");
    }

    @Test
    void anErrorOfTheServerHasItsCode() {
        assertThat(said(new LandfallException(ErrorCode.NO_SUCH_OBJECT, "There is no object b/n")))
                .isEqualTo("There is no object b/n (NoSuchObject)");
    }

    @Test
    void whatNoServerAnsweredHasNoCode() {
        assertThat(said(new LandfallException(ErrorCode.OWNER_UNAVAILABLE, "Nobody there", new IOException("x"))))
                .isEqualTo("Nobody there");
    }

    @Test
    void whatADirectoryLacksIsSaid() {
        assertThat(said(new UncheckedIOException("Failed to start in /proc/x", new NoSuchFileException("/proc/x"))))
                .isEqualTo("Failed to start in /proc/x: /proc/x: no such file or directory");
        assertThat(said(new AccessDeniedException("/root"))).isEqualTo("/root: permission denied");
        assertThat(said(new UncheckedIOException(new IOException("disk full")))).isEqualTo("disk full");
        assertThat(said(new UncheckedIOException("No: disk full", new IOException("disk full"))))
                .isEqualTo("No: disk full");
    }

    private static String said(Exception failure) {
        var err = new StringWriter();
        var command = new CommandLine(new Failing(failure))
                .setExecutionExceptionHandler(new Failures())
                .setErr(new PrintWriter(err));
        assertThat(command.execute()).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        return err.toString().strip().substring("landfall: ".length());
    }
}
