package dev.landfall.dev.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFileTest {
    @Test
    void expectsOfTheTransformWhatTrDoes(@TempDir Path directory) throws Exception {
        Path path = Files.write(directory.resolve("f"), "aZ{`ü\0z\n".getBytes(StandardCharsets.UTF_8));
        Process tr = new ProcessBuilder("tr", "a-z", "A-Z")
                .redirectInput(path.toFile())
                .start();
        byte[] made = tr.getInputStream().readAllBytes();
        assertThat(tr.waitFor()).isZero();
        assertThat(DemoFile.of(directory, path).transformedSha256()).isEqualTo(DemoFile.sha256(made));
    }
}
