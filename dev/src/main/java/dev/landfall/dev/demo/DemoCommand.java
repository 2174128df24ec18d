package dev.landfall.dev.demo;

import dev.landfall.dev.Scratch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description =
                "Runs the main job on real files in a temporary place, then checks S3 with the AWS SDK and the topic with a plain"
                        + " consumer. Exit code 0 only if everything matched.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofMinutes(5);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "the files; default: some of this checkout")
    private @Nullable Path directory;

    @Option(
            names = "--break",
            paramLabel = "s3|kafka|transform",
            description = "injects a fault, which the demo must find")
    private @Nullable Fault fault;

    @Override
    public Integer call() throws Exception {
        if (directory != null && !Files.isDirectory(directory)) {
            throw new ParameterException(spec.commandLine(), directory + " is not a directory");
        }
        if (directory != null && DemoFiles.none(directory)) {
            throw new ParameterException(spec.commandLine(), "There are no files in " + directory);
        }
        Path scratch = Scratch.create("landfall-demo-");
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> remove(scratch)));
        PrintWriter out = spec.commandLine().getOut();
        giveUpAfter(LONGEST);
        try {
            Path files =
                    directory == null ? DemoFiles.stage(checkout(), scratch.resolve("files")) : directory.toRealPath();
            return new Demo(scratch.resolve("cluster"), files, fault, out).run() ? 0 : 1;
        } finally {
            remove(scratch);
        }
    }

    private static Path checkout() throws IOException {
        return Path.of(System.getProperty("landfall.root", ".")).toRealPath();
    }

    private static void giveUpAfter(Duration longest) {
        Thread.ofPlatform().daemon().name("landfall-demo-limit").start(() -> {
            try {
                Thread.sleep(longest);
            } catch (InterruptedException e) {
                return;
            }
            System.err.println("landfall: the demo has not ended after " + longest.toMinutes() + " minutes");
            System.exit(1);
        });
    }

    private static void remove(Path scratch) {
        try {
            Scratch.remove(scratch);
        } catch (IOException e) {
            System.err.println("landfall: " + scratch + " could not be removed: " + e);
        }
    }
}
