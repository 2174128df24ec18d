package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The free space of a mountpath's disk, in bytes and in files. New data stops at a reserve, commits of data that is written already at a
 * quarter of it. Deletes, clean marks and whatever else makes room use the rest: without them a full disk would stay full, and a start needs
 * a few new files for the index.
 */
final class Space {
    private static final long LARGEST_RESERVE = 64L << 20;
    private static final long LARGEST_RESERVE_OF_FILES = 1000;

    private final Path root;
    private final Disk disk;
    private final long total;
    private final long reserve;
    private final long reserveOfFiles;

    Space(Path root, Disk disk) {
        this.root = root;
        this.disk = disk;
        total = disk.totalBytes(root);
        reserve = Math.min(LARGEST_RESERVE, total / 20);
        reserveOfFiles = Math.min(LARGEST_RESERVE_OF_FILES, disk.totalFiles(root) / 10);
    }

    /** Bytes of the whole disk. */
    long total() {
        return total;
    }

    boolean isShort() {
        return disk.usableBytes(root) < reserve;
    }

    /** @throws LandfallException {@code INSUFFICIENT_STORAGE} when that many more bytes (-1: unknown) would touch the reserve */
    void checkForData(long bytes) {
        if (disk.usableBytes(root) - Math.max(bytes, 0) < reserve || disk.usableFiles(root) < reserveOfFiles) {
            throw full(null);
        }
    }

    /** @throws LandfallException {@code INSUFFICIENT_STORAGE} */
    void checkForIndex() {
        if (disk.usableBytes(root) < reserve / 4) {
            throw full(null);
        }
    }

    static LandfallException full(@Nullable Throwable cause) {
        return new LandfallException(ErrorCode.INSUFFICIENT_STORAGE, ErrorCode.INSUFFICIENT_STORAGE.sentence(), cause);
    }
}
