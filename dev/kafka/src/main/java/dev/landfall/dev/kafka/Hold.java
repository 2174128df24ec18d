package dev.landfall.dev.kafka;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One broker's hold on its directory; it ends with the process at the latest. Kafka has a lock of its own, but takes it only after its
 * controller has begun to write: a second broker would spoil the first one's metadata before it was refused.
 */
final class Hold implements AutoCloseable {
    private static final String FILE = "lock";

    private final FileChannel channel;

    private Hold(FileChannel channel) {
        this.channel = channel;
    }

    /** Null when another broker, of this process or of another one, holds the directory. */
    static @Nullable Hold take(Path directory) throws IOException {
        Files.createDirectories(directory);
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this process.
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : new Hold(channel);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process.
        }
    }
}
