package dev.landfall.etl;

import dev.landfall.topology.Cancellation;
import dev.landfall.topology.Transform;
import dev.landfall.topology.TransformCall;
import dev.landfall.topology.TransformException;
import dev.landfall.topology.TransformSpec;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FilenameUtils;

/**
 * Runs a command for each input, without a shell. It gets an empty environment but for PATH, HOME, LANG and the like, TMPDIR (a directory
 * of its own, which is also its working directory) and {@code LANDFALL_KEY}, {@code LANDFALL_GENERATION}, {@code LANDFALL_ATTEMPT}.
 * Exit code 0 is success. It is killed, with all that it started, at its timeout and when the attempt is cancelled; what it started and left
 * behind is killed when it has ended.
 */
final class ExecTransform implements Transform {
    private static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ");

    private final TransformSpec.Exec spec;

    ExecTransform(TransformSpec.Exec spec) {
        this.spec = spec;
    }

    @Override
    public void run(TransformCall call) throws TransformException, IOException {
        Path scratch = Files.createDirectory(
                        call.directory().resolve("tmp-" + call.output().getFileName()))
                .toRealPath();
        Path input = spec.inputByPath() && call.borrowed() ? copy(call, scratch) : call.input();
        List<String> command = spec.command().stream()
                .map(argument -> argument.replace(TransformSpec.Exec.INPUT, input.toString())
                        .replace(TransformSpec.Exec.OUTPUT, call.output().toString()))
                .toList();
        var builder = new ProcessBuilder(command).directory(scratch.toFile());
        builder.environment().keySet().removeIf(name -> !PASSED_ON.contains(name) && !name.startsWith("LC_"));
        builder.environment().put("TMPDIR", scratch.toString());
        builder.environment().put("LANDFALL_KEY", call.source().toString());
        builder.environment().put("LANDFALL_GENERATION", call.generation().toString());
        builder.environment().put("LANDFALL_ATTEMPT", String.valueOf(call.attempt()));
        builder.redirectInput(
                spec.inputByPath() ? Redirect.from(Path.of("/dev/null").toFile()) : Redirect.from(input.toFile()));
        builder.redirectOutput(
                spec.outputByPath()
                        ? Redirect.DISCARD
                        : Redirect.to(call.output().toFile()));
        run(builder, scratch, call.cancellation());
    }

    /** The store's own file is not shown to a command by its path, for it might write to it. The kernel copies, or shares blocks. */
    private static Path copy(TransformCall call, Path scratch) throws IOException {
        String extension = FilenameUtils.getExtension(call.source().name());
        String name = extension.matches("[A-Za-z0-9_-]{1,16}") ? "input." + extension : "input";
        return Files.copy(call.input(), scratch.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private void run(ProcessBuilder builder, Path scratch, Cancellation cancellation) throws TransformException {
        if (cancellation.isCancelled()) {
            throw new TransformException("Cancelled", true, "");
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new TransformException(
                    "Failed to start \"" + spec.command().getFirst() + "\" of transform " + spec.name()
                            + "; make sure that it is installed on every node and on the PATH: " + e.getMessage(),
                    false,
                    "");
        }
        try (var tail = OutputTail.of(process.getErrorStream())) {
            await(process, scratch, tail, cancellation);
        }
    }

    private void await(Process process, Path scratch, OutputTail tail, Cancellation cancellation)
            throws TransformException {
        boolean ended;
        try (Cancellation.Registration _ = cancellation.onCancel(() -> ProcessTree.kill(process))) {
            ended = process.waitFor(spec.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransformException("The transform " + spec.name() + " was interrupted", true, tail.end());
        } finally {
            ProcessTree.kill(process);
            ProcessTree.killLeftovers(scratch);
        }
        if (cancellation.isCancelled()) {
            throw new TransformException("Cancelled", true, "");
        }
        if (!ended) {
            throw new TransformException(
                    "The transform " + spec.name() + " was killed after its timeout of "
                            + spec.timeout().toMillis() + " ms; give it a" + " longer timeout if it needs one",
                    true,
                    tail.end());
        }
        if (process.exitValue() != 0) {
            String said = tail.end();
            throw new TransformException(
                    "The transform " + spec.name() + " ended with exit code " + process.exitValue() + lastLine(said),
                    true,
                    said);
        }
    }

    private static String lastLine(String said) {
        String last = said.strip().lines().reduce("", (a, b) -> b);
        return last.isEmpty() ? "" : ": " + (last.length() > 300 ? last.substring(0, 300) + "…" : last);
    }
}
