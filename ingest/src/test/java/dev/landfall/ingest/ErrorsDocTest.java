package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ErrorsDocTest {
    @Test
    void docIsWhatTheCodeSays() throws IOException {
        Path file = ErrorsDoc.file(Path.of(System.getProperty("landfall.root")));
        if (System.getenv("LANDFALL_WRITE_DOCS") != null) {
            Files.writeString(file, ErrorsDoc.text());
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("docs/errors.md is stale; make it anew with: LANDFALL_WRITE_DOCS=1 mvn -pl ingest -am test"
                        + " -Dtest=ErrorsDocTest -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(ErrorsDoc.text());
    }
}
