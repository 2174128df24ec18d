package dev.landfall.dev.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Where a limit keeps objects, by the same policy as Landfall: a new file for every PUT, about a thousand to a directory, the replaced one removed. */
final class LimitFiles {
    private final Path root;
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentHashMap<String, Path> byName = new ConcurrentHashMap<>();
    private volatile long made = -1;

    LimitFiles(Path root) {
        this.root = root;
    }

    /** The path of a new file. */
    Path next() throws IOException {
        long id = ids.getAndIncrement();
        Path directory = root.resolve(Long.toHexString(id >> 10));
        if (id >> 10 > made) {
            synchronized (this) {
                Files.createDirectories(directory);
                made = Math.max(made, id >> 10);
            }
        }
        return directory.resolve(Long.toHexString(id));
    }

    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void landed(String name, Path file) throws IOException {
        Path old = byName.put(name, file);
        if (old != null) {
            Files.delete(old);
        }
    }

    FileChannel open(String name) throws IOException {
        Path file = byName.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }
}
