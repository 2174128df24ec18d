package dev.landfall.placement;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ClusterView;
import dev.landfall.model.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last view on disk: replaced as a whole, so that a crash leaves the old one or the new one. */
final class ViewFile {
    private static final Logger LOG = LoggerFactory.getLogger(ViewFile.class);
    private static final int FORMAT = 1;

    private record Content(int format, @Nullable ClusterIdentity cluster, ClusterView view) {}

    private final Path file;

    ViewFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /**
     * The last saved state, or the empty one when there is none.
     *
     * @throws IllegalStateException when a newer version of Landfall has written it
     */
    Snapshot load() {
        byte[] json;
        try {
            json = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Snapshot.EMPTY;
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to read the cluster view " + file, e);
        }
        try {
            JsonNode tree = Json.tree(json);
            int format = tree.path("format").asInt();
            if (format > FORMAT) {
                throw new IllegalStateException(file + " has format " + format
                        + ", this version of Landfall reads up to " + FORMAT + ": upgrade Landfall");
            }
            Content content = Json.read(json, Content.class);
            return new Snapshot(content.cluster, content.view);
        } catch (UncheckedIOException | NullPointerException e) {
            LOG.error(
                    "The cluster view {} is damaged; the node has no view until it has read the cluster log", file, e);
            return Snapshot.EMPTY;
        }
    }

    /** Durable when it returns. */
    void save(Snapshot state) throws IOException {
        Path directory = file.getParent();
        if (directory == null) {
            throw new IOException(file + " is not the name of a file");
        }
        Files.createDirectories(directory);
        Path fresh = directory.resolve(file.getFileName() + ".tmp");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer json = ByteBuffer.wrap(Json.write(new Content(FORMAT, state.cluster(), state.view())));
            while (json.hasRemaining()) {
                out.write(json);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }
}
