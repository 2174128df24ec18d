package dev.landfall.targets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native code. Its jar unpacks a file of 15 MB for that and removes it when the process ends in order; here it goes as soon as
 * it is mapped, so that a process that is killed leaves nothing behind.
 */
final class RocksLibrary {
    private static boolean loaded;

    private RocksLibrary() {}

    static synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            String chosen = System.getenv("ROCKSDB_SHAREDLIB_DIR");
            Path parent = Path.of(chosen == null || chosen.isEmpty() ? System.getProperty("java.io.tmpdir") : chosen);
            Path unpacked = Files.createTempDirectory(parent, "landfall-rocksdb-");
            try {
                NativeLibraryLoader.getInstance().loadLibrary(unpacked.toString());
            } finally {
                remove(unpacked);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("RocksDB's native library cannot be loaded", e);
        }
        RocksDB.loadLibrary();
        loaded = true;
    }

    private static void remove(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
