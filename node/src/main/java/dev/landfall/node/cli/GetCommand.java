package dev.landfall.node.cli;

import dev.landfall.model.ObjectKey;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "get", description = "Fetches an object.", mixinStandardHelpOptions = true)
public final class GetCommand implements Callable<Integer> {
    @Mixin
    private Server server = new Server();

    @Parameters(index = "0", paramLabel = "BUCKET/NAME")
    private String key = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "default: the standard output",
            defaultValue = "-")
    private String file = "-";

    @Override
    public Integer call() throws IOException {
        ObjectKey from = Names.key(key);
        Path to = Path.of(file);
        if (Files.isDirectory(to)) {
            throw new WrongArgument(file + " is a directory");
        }
        Path directory = to.toAbsolutePath().getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            throw new WrongArgument(directory + " is not a directory");
        }
        try (var client = server.connect()) {
            if (!file.equals("-")) {
                client.get(from, to);
                return 0;
            }
            try (var content = client.get(from);
                    var out = new FileOutputStream(FileDescriptor.out)) {
                content.transferTo(out);
            }
        }
        return 0;
    }
}
