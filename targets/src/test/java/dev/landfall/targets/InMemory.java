package dev.landfall.targets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Directories in memory, where there is such a place: opening a new store waits for some forty syncs of the disk. */
final class InMemory implements TempDirFactory {
    private static final Path PLACE = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension) throws IOException {
        return create();
    }

    static Path create() throws IOException {
        return Files.isWritable(PLACE) && PLACE.toFile().getUsableSpace() > 2L << 30
                ? Files.createTempDirectory(PLACE, "landfall-test")
                : Files.createTempDirectory("landfall-test");
    }
}
