package dev.landfall.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LandfallCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine landfall =
            Landfall.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void everyCommandHasHelpThatSaysWhatItDoes() {
        assertHelp(landfall);
    }

    private static void assertHelp(CommandLine command) {
        var spec = command.getCommandSpec();
        assertThat(spec.optionsMap()).as(spec.qualifiedName()).containsKey("--help");
        assertThat(spec.usageMessage().description()).as(spec.qualifiedName()).isNotEmpty();
        for (CommandLine below : command.getSubcommands().values()) {
            if (!below.getCommandName().equals("help")) {
                assertHelp(below);
            }
        }
    }

    @Test
    void aWrongQuestionIsExitCode2AndPointsToHelp(@TempDir Path empty) {
        for (List<String> wrong : List.of(
                List.<String>of(),
                List.of("nonsense"),
                List.of("put"),
                List.of("bucket"),
                List.of("bucket", "create", "b", "--mode", "tea"),
                List.of("bucket", "create", "NOT-VALID"),
                List.of("put", "photos", "cat.jpg"),
                List.of("put", "photos/", "cat.jpg"),
                List.of("put", "photos/cat.jpg", "pom.xml", "--writeback", "weird"),
                List.of("get", "photos/cat.jpg", empty.resolve("absent/x").toString()),
                List.of("ls", "photos", "--url", "foo"),
                List.of("ls", "photos", "--url", "127.0.0.1:8080"),
                List.of("topology", "apply", empty.resolve("absent.yaml").toString()),
                List.of("demo", empty.toString()),
                List.of("dev", "--port", "99999"),
                List.of("dev", "--promote-root", empty.resolve("absent").toString()),
                List.of("dev", "--s3-latency", "soon"),
                List.of("demo", "--break", "everything"))) {
            err.getBuffer().setLength(0);
            assertThat(landfall.execute(wrong.toArray(String[]::new)))
                    .as(wrong.toString())
                    .isEqualTo(2);
            assertThat(err.toString()).startsWith("landfall: ").contains("--help");
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsExitCode1AndOneSentence() {
        int code = landfall.execute("stat", "bucket/name", "--url", "http://127.0.0.1:1");
        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines()).singleElement().asString().contains("LANDFALL_URL");
    }

    @Test
    void brokersThatCannotBeAreOneSentence() {
        assertThat(landfall.execute("events", "--kafka", "nonsense", "--topic", "t"))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("landfall: ")
                .contains("nonsense");
    }

    @Test
    void everyProblemOfAConfigurationIsNamed(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("node.yaml"), "node: {}\nquota: 1\n");
        assertThat(landfall.execute("node", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("node.id", "data", "kafka.bootstrap.servers", "quota");
    }
}
