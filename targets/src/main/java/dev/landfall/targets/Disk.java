package dev.landfall.targets;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** What a disk can refuse on a bad day. */
interface Disk {
    /** Makes a file's content and length survive a power cut. */
    void force(FileChannel file) throws IOException;

    /** Makes the names in a directory survive a power cut. */
    void forceDirectory(Path directory) throws IOException;

    /** What can sync a whole file system at once; null where nothing can. */
    default @Nullable SyncFs wholeDisk(Path directory) {
        return null;
    }

    /** Bytes that can still be written. */
    long usableBytes(Path directory);

    long totalBytes(Path directory);

    /** Files that can still be made; {@link Long#MAX_VALUE} where nobody knows. */
    default long usableFiles(Path directory) {
        return FreeFiles.usable(directory);
    }

    default long totalFiles(Path directory) {
        return FreeFiles.total(directory);
    }

    Disk REAL = new Disk() {
        @Override
        public void force(FileChannel file) throws IOException {
            file.force(true);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public @Nullable SyncFs wholeDisk(Path directory) {
            return SyncFs.open(directory);
        }

        // java.io.File asks the kernel directly; a java.nio.file.FileStore reads the mount table first.
        @Override
        public long usableBytes(Path directory) {
            return directory.toFile().getUsableSpace();
        }

        @Override
        public long totalBytes(Path directory) {
            return directory.toFile().getTotalSpace();
        }
    };
}
