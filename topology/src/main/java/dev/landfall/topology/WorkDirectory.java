package dev.landfall.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where attempts have their temporary directories. What a killed process left there is removed at the start. */
final class WorkDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);

    private final Path root;
    private final AtomicLong next = new AtomicLong();

    private WorkDirectory(Path root) {
        this.root = root;
    }

    /** The directory is this process's own; everything in it is removed. */
    static WorkDirectory open(Path root) {
        var work = new WorkDirectory(root);
        Orphans.kill(root);
        work.remove(root);
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to create " + root + "; make sure that the node may write there", e);
        }
        return work;
    }

    Path create() throws IOException {
        return Files.createDirectory(root.resolve("attempt-" + next.incrementAndGet()));
    }

    /** Removes a directory with all that is in it; follows no link. */
    void remove(Path directory) {
        if (!Files.exists(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path visited, java.io.@org.jspecify.annotations.Nullable IOException error) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warn("Failed to remove {}; it is removed at the next start", directory, e);
        }
    }
}
