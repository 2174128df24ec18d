package dev.landfall.dev;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second cluster out of a directory, and remembers with how many targets the first was made. */
final class DirectoryLock implements AutoCloseable {
    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IllegalStateException when the directory is in use, or was made with another number of targets */
    static DirectoryLock take(Path directory, int targets) throws IOException {
        Files.createDirectories(directory);
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            Path made = directory.resolve("targets");
            if (!Files.exists(made)) {
                Files.writeString(made, targets + "\n");
            }
            int before = Integer.parseInt(Files.readString(made).strip());
            if (before != targets) {
                throw new IllegalStateException(
                        directory + " holds a cluster of " + before + " targets: start it with --targets " + before);
            }
            return new DirectoryLock(channel);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IllegalStateException("Another landfall dev runs in " + directory, e);
        } catch (RuntimeException | IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
