package dev.landfall.targets;

import dev.landfall.model.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What a mountpath says about itself, in {@code mountpath.json}.
 *
 * @param version of the layout of the mountpath
 * @param storeId of the store that it belongs to
 * @param mountpath its number, which no other mountpath of the store has; its data files begin with it
 * @param mountpaths with how many the store was formed: unless its index says otherwise, a mountpath with a lower number holds the
 *     partitions with its number as the remainder
 * @param forming whether the store was not yet seen whole: then it holds nothing, and may be formed anew
 * @param incarnation of the store: grows whenever an index was lost, rebuilt or restored
 * @param rebuilt whether its own index was, and no incarnation was begun since
 */
record Identity(
        int version,
        String storeId,
        int mountpath,
        int mountpaths,
        int partitions,
        boolean forming,
        long incarnation,
        boolean rebuilt) {
    static final int VERSION = 2;
    static final String FILE = "mountpath.json";
    /** Bits of a file id below the number of its mountpath. */
    private static final int NUMBER_SHIFT = 40;
    /** Numbers are below this. */
    static final int NUMBERS = 1 << 22;

    static Identity first(String storeId, int number, int mountpaths, int partitions) {
        return new Identity(VERSION, storeId, number, mountpaths, partitions, true, 0, false);
    }

    /** Of a mountpath that joins a store: it holds nothing at first. */
    Identity joining(int number) {
        return new Identity(VERSION, storeId, number, 0, partitions, false, incarnation, false);
    }

    Identity formed() {
        return new Identity(VERSION, storeId, mountpath, mountpaths, partitions, false, incarnation, rebuilt);
    }

    Identity in(long newIncarnation) {
        return new Identity(VERSION, storeId, mountpath, mountpaths, partitions, forming, newIncarnation, false);
    }

    Identity asRebuilt() {
        return new Identity(VERSION, storeId, mountpath, mountpaths, partitions, false, incarnation, true);
    }

    boolean heldAtFirst(int partition) {
        return mountpath < mountpaths && partition % mountpaths == mountpath;
    }

    static long firstFileId(int number) {
        return (long) number << NUMBER_SHIFT;
    }

    static int numberOf(long fileId) {
        return (int) (fileId >>> NUMBER_SHIFT);
    }

    /** @throws IllegalStateException when there is one that cannot be read, or of another release */
    static Optional<Identity> read(Path root) throws IOException {
        Path file = root.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Identity found;
        try {
            found = Json.read(Files.readAllBytes(file), Identity.class);
        } catch (RuntimeException e) {
            throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
        }
        // Before version 2, file ids did not begin with the number of their mountpath: one alone is number 0 anyway.
        if (found.version != VERSION && (found.version != 1 || found.mountpaths > 1)) {
            throw new IllegalStateException("Mountpath " + root + " has layout version " + found.version
                    + "; this release reads " + VERSION + ", and 1 of a store with one mountpath");
        }
        return Optional.of(found);
    }

    void write(Path root, Disk disk) throws IOException {
        Path draft = root.resolve(FILE + ".new");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer json = ByteBuffer.wrap(Json.write(this)); json.hasRemaining(); ) {
                channel.write(json);
            }
            disk.force(channel);
        }
        Files.move(draft, root.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        disk.forceDirectory(root);
    }
}
