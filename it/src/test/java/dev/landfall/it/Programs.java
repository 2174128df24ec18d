package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs of other people, with an environment of their own. */
final class Programs {
    private final Path home;
    private final Map<String, String> environment;

    Programs(Path home, Map<String, String> environment) {
        this.home = home;
        this.environment = environment;
    }

    Path home() {
        return home;
    }

    /** What the program printed; it must end well. */
    byte[] run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .directory(home.toFile());
        builder.environment().clear();
        builder.environment().put("HOME", home.toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES))
                    .as(List.of(command).toString())
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(
                        "%s: %s %s",
                        List.of(command), Files.readString(out, StandardCharsets.ISO_8859_1), Files.readString(err))
                .isZero();
        return Files.readAllBytes(out);
    }

    String text(String... command) throws IOException, InterruptedException {
        return new String(run(command), StandardCharsets.UTF_8);
    }
}
