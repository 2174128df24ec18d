package dev.landfall.node.cli;

import dev.landfall.targets.Fsck;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "fsck",
        description = "Checks a mountpath of a node that does not run. Exit code 1 when something is to be told.",
        mixinStandardHelpOptions = true)
public final class FsckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "the mountpath")
    private Path directory = Path.of("");

    @Option(names = "--rebuild", description = "makes the index anew from the data files; the old one is set aside")
    private boolean rebuild;

    @Override
    public Integer call() {
        Fsck.Report report;
        try {
            report = rebuild ? Fsck.rebuild(directory) : Fsck.check(directory);
        } catch (IllegalStateException e) {
            throw new WrongArgument(String.valueOf(e.getMessage()));
        }
        var out = spec.commandLine().getOut();
        report.findings().forEach(out::println);
        out.printf(
                "%s: %s; %d objects with %d bytes are whole, %d deletes, %d objects have no whole data, %d files nobody names%n",
                report.mountpath(),
                report.rebuilt() ? "index made anew" : report.isClean() ? "all well" : "not all well",
                report.objects(),
                report.bytes(),
                report.tombstones(),
                report.lost(),
                report.unknownFiles());
        return report.isClean() ? 0 : 1;
    }
}
