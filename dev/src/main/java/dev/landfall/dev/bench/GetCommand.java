package dev.landfall.dev.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "get", description = "GETs objects that were PUT just before.", mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Mixin
    private CheckOptions check = new CheckOptions();

    @Override
    public Integer call() throws Exception {
        return ObjectCommand.run("get", spec, options, check);
    }
}
