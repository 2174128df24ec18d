package dev.landfall.node.cli;

import dev.landfall.client.Credentials;
import dev.landfall.client.LandfallClient;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
final class Server {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the server; default $$LANDFALL_URL, or http://127.0.0.1:8080",
            defaultValue = "${env:LANDFALL_URL:-http://127.0.0.1:8080}")
    private URI url = URI.create("http://127.0.0.1:8080");

    LandfallClient connect() {
        return LandfallClient.to(List.of(url), LandfallClient.Options.DEFAULT.with(Credentials.fromEnvironment()));
    }
}
