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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What a mountpath says about itself, in {@code mountpath.json}.
 *
 * @param version of the layout of the mountpath
 * @param mountpath ordinal, from 0: it holds the partitions with this remainder
 * @param mountpaths of the store
 */
record Identity(int version, String storeId, int mountpath, int mountpaths, int partitions) {
    static final int VERSION = 1;
    private static final String FILE = "mountpath.json";

    /**
     * Checks the mountpaths of a store against each other and the configuration. New ones are formatted, the first one last: once it
     * says who it is, all of them do.
     *
     * @return the store's id
     * @throws IllegalStateException with a sentence when something does not fit
     */
    static String checkOrFormat(List<Path> roots, int partitions, Disk disk) throws IOException {
        var first = read(roots.getFirst());
        String storeId =
                first.map(Identity::storeId).orElseGet(() -> UUID.randomUUID().toString());
        for (int i = roots.size() - 1; i >= 0; i--) {
            Path root = roots.get(i);
            var wanted = new Identity(VERSION, storeId, i, roots.size(), partitions);
            var found = read(root);
            if (found.isPresent() && (first.isPresent() || Files.exists(root.resolve("index")))) {
                found.get().mustBe(wanted, root);
            } else if (first.isPresent()) {
                throw new IllegalStateException("Mountpath " + root + " is empty, but the store at " + roots.getFirst()
                        + " has used it: is its disk mounted?");
            } else if (Files.exists(root.resolve("index"))) {
                throw new IllegalStateException(
                        "Mountpath " + root + " holds an index but no " + FILE + ": it is damaged");
            } else {
                wanted.write(root, disk);
            }
        }
        return storeId;
    }

    private static Optional<Identity> read(Path root) throws IOException {
        Path file = root.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(Files.readAllBytes(file), Identity.class));
        } catch (RuntimeException e) {
            throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void mustBe(Identity wanted, Path root) {
        require(version == VERSION, root, "has layout version " + version + "; this release reads " + VERSION);
        require(
                Objects.equals(storeId, wanted.storeId),
                root,
                "belongs to store " + storeId
                        + ", the first mountpath to another one: list the mountpaths of one store only");
        require(
                mountpaths == wanted.mountpaths && mountpath == wanted.mountpath,
                root,
                "was number " + mountpath + " of " + mountpaths + " and is now number " + wanted.mountpath + " of "
                        + wanted.mountpaths + ": list the same mountpaths in the same order as before");
        require(
                partitions == wanted.partitions,
                root,
                "was made for " + partitions + " partitions, not " + wanted.partitions
                        + ": their number cannot change");
    }

    private static void require(boolean holds, Path root, String otherwise) {
        if (!holds) {
            throw new IllegalStateException("Mountpath " + root + " " + otherwise);
        }
    }

    private void write(Path root, Disk disk) throws IOException {
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
