package dev.landfall.targets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.commons.io.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directories of a store before any is opened: locked, and checked against each other. */
final class Roots implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Roots.class);

    /** With an identity. */
    final Map<Path, Identity> known = new LinkedHashMap<>();
    /** Empty directories, at which there may have been a disk. */
    final List<Path> empty = new ArrayList<>();
    /** Of which nothing is left. */
    final List<Path> drained = new ArrayList<>();
    /** What cannot be used at all, and why. */
    final Map<Path, String> unusable = new LinkedHashMap<>();

    final Map<Path, MountpathLock> locks = new LinkedHashMap<>();

    private final int partitions;
    private final Disk disk;

    private Roots(int partitions, Disk disk) {
        this.partitions = partitions;
        this.disk = disk;
    }

    /**
     * Takes the directories' locks and looks at them. A new store is given its identities.
     *
     * @throws IllegalStateException with a sentence when one is busy, foreign or damaged
     */
    static Roots take(List<Path> configured, int partitions, Disk disk) {
        var roots = new Roots(partitions, disk);
        List<Path> all = configured.stream()
                .map(root -> root.toAbsolutePath().normalize())
                .distinct()
                .toList();
        boolean taken = false;
        try {
            for (Path root : all) {
                roots.add(root);
            }
            roots.addMembers();
            roots.checkTogether();
            if (roots.known.values().stream().allMatch(Identity::forming)) {
                roots.form(all);
            }
            taken = true;
            return roots;
        } finally {
            if (!taken) {
                roots.close();
            }
        }
    }

    /** Those that joined while the store ran. */
    private void addMembers() {
        for (Path root : List.copyOf(locks.keySet())) {
            try {
                for (String path : Members.read(root).paths()) {
                    Path member = Path.of(path);
                    if (!locks.containsKey(member) && !unusable.containsKey(member)) {
                        if (Files.isDirectory(member)) {
                            add(member);
                        } else {
                            unusable.put(member, "it is no directory: is its disk mounted?");
                        }
                    }
                }
            } catch (IOException e) {
                LOG.warn("{} does not say what other mountpaths there are: {}", root, e.toString());
            }
        }
    }

    private void add(Path root) {
        try {
            Files.createDirectories(root);
            locks.put(root, MountpathLock.take(root));
            if (Members.isDrained(root)) {
                drained.add(root);
                LOG.warn("Mountpath {} was drained and is not used: take it out of the configuration", root);
                return;
            }
            var found = Identity.read(root);
            if (found.isPresent()) {
                known.put(root, found.get());
            } else if (Files.exists(root.resolve("index")) || Files.exists(root.resolve("data"))) {
                throw new IllegalStateException(
                        "Mountpath " + root + " holds an index or data but no " + Identity.FILE + ": it is damaged");
            } else {
                empty.add(root);
            }
        } catch (IOException e) {
            unusable.put(root, e.toString());
        }
    }

    private void checkTogether() {
        Identity first = null;
        var byNumber = new LinkedHashMap<Integer, Path>();
        for (var entry : known.entrySet()) {
            Path root = entry.getKey();
            Identity identity = entry.getValue();
            first = first == null ? identity : first;
            require(
                    Objects.equals(identity.storeId(), first.storeId()),
                    root,
                    "belongs to store " + identity.storeId() + ", another one to " + first.storeId()
                            + ": list the mountpaths of one store only");
            require(
                    identity.partitions() == partitions,
                    root,
                    "was made for " + identity.partitions() + " partitions, not " + partitions
                            + ": their number cannot change");
            Path same = byNumber.put(identity.mountpath(), root);
            require(same == null, root, "is a copy of " + same + ": list only one of them");
        }
    }

    /** Nothing was ever stored: what an earlier start has left is made again. */
    private void form(List<Path> all) {
        if (!drained.isEmpty()) {
            throw new IllegalStateException(
                    "The mountpaths " + drained + " were drained: configure those that the store has moved to");
        }
        if (!unusable.isEmpty()) {
            throw new IllegalStateException("A new store needs all its mountpaths, and these cannot be used: "
                    + unusable + "; make them usable, or take them out of the configuration");
        }
        String storeId = UUID.randomUUID().toString();
        try {
            for (int i = 0; i < all.size(); i++) {
                Path root = all.get(i);
                FileUtils.deleteDirectory(root.resolve("index").toFile());
                Identity identity = Identity.first(storeId, i, all.size(), partitions);
                identity.write(root, disk);
                known.put(root, identity);
            }
            empty.clear();
        } catch (IOException e) {
            throw new IllegalStateException("The mountpaths " + all + " cannot be written: " + e, e);
        }
    }

    static void require(boolean holds, Path root, String otherwise) {
        if (!holds) {
            throw new IllegalStateException("Mountpath " + root + " " + otherwise);
        }
    }

    @Override
    public void close() {
        locks.values().forEach(MountpathLock::close);
    }
}
