package dev.landfall.node.cli;

import dev.landfall.client.PutOptions;
import dev.landfall.client.PutResult;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.WritebackMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "put", description = "Stores a file as an object.", mixinStandardHelpOptions = true)
public final class PutCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "BUCKET/NAME")
    private String key = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "- reads the standard input")
    private String file = "";

    @Option(names = "--writeback", paramLabel = "sync|async", description = "overrides the bucket's mode")
    private @Nullable String writeback;

    @Option(names = "--if-absent", description = "fails when the object exists")
    private boolean ifAbsent;

    @Override
    public Integer call() throws IOException {
        String mode = writeback;
        var options = new PutOptions(
                null, mode == null ? null : WrongArgument.unless(() -> WritebackMode.parse(mode)), null, ifAbsent);
        ObjectKey to = Names.key(key);
        try (var client = server.connect()) {
            PutResult result;
            if (file.equals("-")) {
                result = client.put(to, System.in, -1, options);
            } else {
                Path path = Path.of(file);
                if (!Files.isRegularFile(path)) {
                    throw new ParameterException(spec.commandLine(), file + " is not a file");
                }
                result = client.put(to, path, options);
            }
            spec.commandLine().getOut().println(to + "  etag " + result.etag() + "  generation " + result.generation());
        }
        return 0;
    }
}
