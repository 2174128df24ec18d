package dev.landfall.node.cli;

import dev.landfall.client.Credentials;
import dev.landfall.client.LandfallClient;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
final class Server {
    private static final String USUAL = "http://127.0.0.1:8080";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the server; default $$LANDFALL_URL, or " + USUAL,
            defaultValue = "${env:LANDFALL_URL:-" + USUAL + "}")
    private String url = USUAL;

    LandfallClient connect() {
        String text = url.isBlank() ? USUAL : url.strip();
        URI server;
        try {
            server = new URI(text);
        } catch (URISyntaxException e) {
            throw new WrongArgument(
                    "The address of the server (--url or LANDFALL_URL) is \"" + text + "\": write http://HOST:PORT");
        }
        return WrongArgument.unless(() ->
                LandfallClient.to(List.of(server), LandfallClient.Options.DEFAULT.with(Credentials.fromEnvironment())));
    }
}
