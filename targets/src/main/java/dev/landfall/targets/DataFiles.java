package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data files of a mountpath: {@code data/<block>/<file id>}, both in hex, and {@code quarantine/<file id>}. */
final class DataFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DataFiles.class);
    private static final HexFormat HEX = HexFormat.of();

    private final Path data;
    private final Path quarantine;
    private final Disk disk;
    private final Fence fence;
    private final Space space;
    private final @Nullable SyncFs wholeDisk;

    DataFiles(Path root, Disk disk, Space space, Fence fence) throws IOException {
        this.disk = disk;
        this.fence = fence;
        data = Files.createDirectories(root.resolve("data"));
        quarantine = Files.createDirectories(root.resolve("quarantine"));
        this.space = space;
        wholeDisk = disk.wholeDisk(data);
    }

    /** Syncs all files and directories if that can be done at once; otherwise does nothing. A failure fences. */
    boolean forceEverything() {
        if (wholeDisk == null) {
            return false;
        }
        try {
            wholeDisk.sync();
            return true;
        } catch (IOException e) {
            throw fence.raise("data files could not be synced: " + e.getMessage(), e);
        }
    }

    void close() {
        if (wholeDisk != null) {
            wholeDisk.close();
        }
    }

    Path pathOf(long fileId) {
        return blockDirectory(FileIds.blockOf(fileId)).resolve(HEX.toHexDigits(fileId));
    }

    Path quarantined(long fileId) {
        return quarantine.resolve(HEX.toHexDigits(fileId));
    }

    Path blockDirectory(long block) {
        return data.resolve(HEX.toHexDigits(block));
    }

    void makeBlock(long block) {
        try {
            Files.createDirectories(blockDirectory(block));
        } catch (IOException e) {
            throw failed("make a directory for data files", e);
        }
        forceDirectory(data);
    }

    /** @throws LandfallException {@code INSUFFICIENT_STORAGE} when the disk would have less than its reserve after that many bytes */
    void checkSpace(long bytes) {
        space.checkForData(bytes);
    }

    /** Syncs a file. A failure is never tried again: it fences. */
    void force(FileChannel file) {
        try {
            disk.force(file);
        } catch (ClosedChannelException e) {
            // The thread was interrupted: it says nothing about the disk.
            throw new LandfallException(
                    ErrorCode.INTERNAL_ERROR, "The write was interrupted before its file was synced", e);
        } catch (IOException e) {
            throw fence.raise("a data file could not be synced: " + e.getMessage(), e);
        }
    }

    /** Syncs a directory. A failure is never tried again: it fences. */
    void forceDirectory(Path directory) {
        try {
            disk.forceDirectory(directory);
        } catch (ClosedChannelException e) {
            throw new LandfallException(
                    ErrorCode.INTERNAL_ERROR, "The write was interrupted before its directory was synced", e);
        } catch (IOException e) {
            throw fence.raise("a directory could not be synced: " + e.getMessage(), e);
        }
    }

    /** Removes a file if it is there and has no other name. */
    void unlink(long fileId) {
        Path path = pathOf(fileId);
        try {
            if ((int) Files.getAttribute(path, "unix:nlink") > 1) {
                LOG.warn("{} has a second name; it is left alone", path);
                return;
            }
            Files.delete(path);
        } catch (NoSuchFileException e) {
            // Quarantined, or removed before a crash.
        } catch (IOException e) {
            LOG.warn("{} could not be removed; the next start tries again", path, e);
        }
    }

    /** Removes the directory of a block if it is empty. Returns whether it is gone. */
    boolean removeBlockIfEmpty(long block) {
        try {
            Files.deleteIfExists(blockDirectory(block));
            return true;
        } catch (DirectoryNotEmptyException e) {
            // Its other files live on.
        } catch (IOException e) {
            LOG.warn("The directory of block {} could not be removed", block, e);
        }
        return false;
    }

    /** Sets a damaged file aside; what is there of it may be worth something to somebody. */
    void quarantine(long fileId, String what) {
        try {
            Files.move(pathOf(fileId), quarantined(fileId));
            LOG.error(
                    "The data of {} does not match its checksum; the file was moved to {}", what, quarantined(fileId));
        } catch (NoSuchFileException e) {
            LOG.error("The data of {} is missing", what);
        } catch (IOException e) {
            LOG.error("The data of {} does not match its checksum, and its file could not be moved", what, e);
        }
    }

    long quarantinedCount() {
        try (var found = Files.list(quarantine)) {
            return found.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is any data file. */
    boolean areThere() {
        var found = new AtomicBoolean();
        eachFrom(0, id -> found.set(true));
        return found.get();
    }

    /** Calls back with the id of every data file in the blocks from {@code lowestBlock} on. Files with other names are left alone. */
    void eachFrom(long lowestBlock, LongConsumer seen) {
        try (DirectoryStream<Path> blocks = Files.newDirectoryStream(data)) {
            for (Path block : blocks) {
                OptionalLong number = parse(block);
                if (number.isPresent() && number.getAsLong() >= lowestBlock) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(block)) {
                        for (Path file : files) {
                            parse(file).ifPresent(seen);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What to throw when an operation on a data file failed. */
    LandfallException failed(String what, IOException e) {
        if (e instanceof ClosedChannelException) {
            return new LandfallException(ErrorCode.INTERNAL_ERROR, "Failed to " + what + ": interrupted", e);
        }
        return isFull(e) ? Space.full(e) : fence.raise("failed to " + what + ": " + e.getMessage(), e);
    }

    /** What to throw when a file could not be copied here. */
    LandfallException failedCopy(Path source, IOException e) {
        return isFull(e)
                ? Space.full(e)
                : new LandfallException(ErrorCode.INTERNAL_ERROR, "Failed to copy " + source + ": " + e, e);
    }

    /** Java gives no error number; the text is the C library's for ENOSPC and EDQUOT. */
    private boolean isFull(IOException e) {
        String text = String.valueOf(e.getMessage());
        return space.isShort() || text.contains("No space left") || text.contains("quota exceeded");
    }

    private static OptionalLong parse(Path hexName) {
        String name = String.valueOf(hexName.getFileName());
        try {
            return name.length() == 16 ? OptionalLong.of(HexFormat.fromHexDigitsToLong(name)) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
