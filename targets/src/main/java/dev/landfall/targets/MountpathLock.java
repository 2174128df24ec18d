package dev.landfall.targets;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Keeps a second process, or a second store of this one, away from a mountpath. The kernel drops it with the process. */
final class MountpathLock implements AutoCloseable {
    private final FileChannel channel;

    private MountpathLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IllegalStateException when somebody else has it */
    static MountpathLock take(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new IllegalStateException("Mountpath " + root
                    + " is in use by another process: stop that node, or give this one another directory");
        }
        return new MountpathLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock is gone with the channel, whatever the disk says.
            LoggerFactory.getLogger(MountpathLock.class).debug("Closing a lock failed", e);
        }
    }
}
