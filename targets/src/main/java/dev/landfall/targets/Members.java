package dev.landfall.targets;

import dev.landfall.model.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The directories that joined a store while it ran, as each of its mountpaths remembers them in {@code members.json}: the configuration may
 * not name them. A mountpath that was drained is remembered by the file {@code drained} in its directory.
 */
record Members(List<String> paths) {
    private static final String FILE = "members.json";
    private static final String DRAINED = "drained";

    Members {
        paths = List.copyOf(paths);
    }

    static Members read(Path root) throws IOException {
        Path file = root.resolve(FILE);
        return Files.exists(file) ? Json.read(Files.readAllBytes(file), Members.class) : new Members(List.of());
    }

    void write(Path root, Disk disk) throws IOException {
        replace(root, FILE, Json.write(this), disk);
    }

    static boolean isDrained(Path root) {
        return Files.exists(root.resolve(DRAINED));
    }

    /** From here on its identity is no more; what else is there may be deleted. */
    static void markDrained(Path root, Disk disk) throws IOException {
        replace(root, DRAINED, new byte[0], disk);
    }

    static void unmark(Path root) throws IOException {
        Files.deleteIfExists(root.resolve(DRAINED));
    }

    /** Writes a small file of a mountpath, all of it or nothing. */
    static void replace(Path root, String name, byte[] content, Disk disk) throws IOException {
        Path draft = root.resolve(name + ".new");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(content); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
            disk.force(channel);
        }
        Files.move(draft, root.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        disk.forceDirectory(root);
    }
}
