package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds and drains mountpaths of an open store. */
final class StoreMountpaths implements Mountpaths, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreMountpaths.class);
    /** What a directory may hold that is empty. */
    private static final Set<String> NOTHING = Set.of("lock", "lost+found", "drained", "members.json", "holdings.json");

    private final Roots roots;
    private final Mountpath.Shared shared;
    private final Disk disk;
    private final List<Mountpath> all;
    private final Moves moves;
    private final Supplier<Set<Integer>> assigned;
    private final Runnable reassign;

    /** @param reassign tells newly opened mountpaths the epochs of their partitions */
    StoreMountpaths(
            Roots roots,
            Mountpath.Shared shared,
            Disk disk,
            List<Mountpath> all,
            Object handOver,
            Supplier<Set<Integer>> assigned,
            Runnable reassign,
            java.util.function.Consumer<MovePlan.Step> arrived) {
        this.roots = roots;
        this.shared = shared;
        this.disk = disk;
        this.all = all;
        this.assigned = assigned;
        this.reassign = reassign;
        this.moves = new Moves(shared.places(), all, handOver, arrived, this::drained);
    }

    /** Goes on with unfinished moves; empty directories of the configuration join when nothing is missing. */
    void start() {
        moves.start();
        if (shared.places().heldBy(null).isEmpty()) {
            List.copyOf(roots.empty).forEach(root -> {
                LOG.info("Mountpath {} is new and joins the store", root);
                join(root, number(root));
            });
        }
    }

    @Override
    public List<MountpathInfo> list() {
        var infos = new ArrayList<MountpathInfo>();
        for (Mountpath mountpath : all) {
            String why = mountpath.fence().why();
            infos.add(new MountpathInfo(
                    mountpath.root().toString(),
                    why != null ? "fenced" : moves.isDraining(mountpath) ? "draining" : "ok",
                    why,
                    shared.places().heldBy(mountpath).size(),
                    moves.coming(mountpath),
                    moves.bytes(mountpath).get(),
                    why != null ? 0 : mountpath.files().quarantinedCount(),
                    why != null ? 0 : disk.usableBytes(mountpath.root()),
                    mountpath.space().total()));
        }
        shared.places()
                .absent()
                .forEach((root, why) -> infos.add(new MountpathInfo(root.toString(), "absent", why, 0, 0, 0, 0, 0, 0)));
        return infos;
    }

    @Override
    public synchronized void add(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw refused(root + " is no directory on this node: make it, and mount the disk there, first");
        }
        if (all.stream().anyMatch(mountpath -> mountpath.root().equals(root))) {
            throw refused(root + " is a mountpath of this node already");
        }
        try {
            if (!roots.locks.containsKey(root)) {
                roots.locks.put(root, MountpathLock.take(root));
            }
            try {
                var found = Members.isDrained(root) ? java.util.Optional.<Identity>empty() : Identity.read(root);
                if (found.isPresent()) {
                    rejoin(root, found.get());
                } else {
                    requireEmpty(root);
                    join(root, number(root));
                }
            } finally {
                if (all.stream().noneMatch(mountpath -> mountpath.root().equals(root))) {
                    release(root);
                }
            }
        } catch (IllegalStateException e) {
            throw refused(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw refused(root + " cannot be used: " + e);
        }
    }

    private void join(Path root, int number) {
        try {
            Members.unmark(root);
            Identity identity = all.getFirst().identity().joining(number);
            identity.write(root, disk);
            Mountpath mountpath = Mountpath.open(root, identity, shared);
            all.add(mountpath);
            identity.formed().write(root, disk);
            shared.places().absent().remove(root);
            roots.empty.remove(root);
            remember();
            moves.add(MovePlan.fill(shared.places(), staying(), mountpath, assigned.get()), null);
        } catch (IOException e) {
            throw new IllegalStateException("Mountpath " + root + " cannot be used: " + e, e);
        }
    }

    /** One that was not there at the start comes back with what it holds. */
    private void rejoin(Path root, Identity identity) throws IOException {
        Identity mine = all.getFirst().identity();
        Roots.require(
                identity.storeId().equals(mine.storeId()),
                root,
                "belongs to another store, " + identity.storeId() + ": give an empty directory");
        Roots.require(
                !identity.rebuilt() && all.stream().noneMatch(m -> m.number() == identity.mountpath()),
                root,
                "is in use or was rebuilt: restart the node to use it");
        Mountpath mountpath = Mountpath.open(root, identity, shared);
        Identity settled = identity.formed().in(Math.max(identity.incarnation(), mine.incarnation()));
        settled.write(root, disk);
        mountpath.settled(settled);
        all.add(mountpath);
        shared.places().absent().remove(root);
        remember();
        shared.places().resolve(all);
        reassign.run();
    }

    @Override
    public synchronized void drain(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        Mountpath mountpath = all.stream()
                .filter(each -> each.root().equals(root))
                .findFirst()
                .orElseThrow(() -> refused(root + " is no mountpath of this node: landfall mountpath ls shows them"));
        mountpath.fence().check();
        var others = new ArrayList<>(staying());
        others.remove(mountpath);
        if (others.isEmpty()) {
            throw refused(root + " is the only mountpath that is left: add another one first");
        }
        if (!moves.isDraining(mountpath)) {
            mountpath.beginDrain();
            moves.add(MovePlan.drain(shared.places(), others, mountpath, assigned.get()), mountpath);
        }
    }

    private List<Mountpath> staying() {
        return all.stream()
                .filter(mountpath -> !mountpath.fence().isUp() && !moves.isDraining(mountpath))
                .toList();
    }

    private synchronized void drained(Mountpath mountpath) {
        Path root = mountpath.root();
        try {
            Members.markDrained(root, disk);
            all.remove(mountpath);
            remember();
            // The configuration may name no other.
            members().write(root, disk);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        mountpath.close();
        release(root);
        LOG.info("Mountpath {} is drained: take it out of the configuration; what is left there may be deleted", root);
    }

    private void release(Path root) {
        MountpathLock lock = roots.locks.remove(root);
        if (lock != null) {
            lock.close();
        }
    }

    private void remember() throws IOException {
        Members members = members();
        for (Mountpath mountpath : all) {
            if (!mountpath.fence().isUp()) {
                members.write(mountpath.root(), disk);
            }
        }
    }

    private Members members() {
        return new Members(
                all.stream().map(mountpath -> mountpath.root().toString()).toList());
    }

    private int number(Path root) {
        int number;
        do {
            number = ThreadLocalRandom.current().nextInt(Identity.NUMBERS / 2, Identity.NUMBERS);
        } while (isTaken(number));
        LOG.debug("{} gets the number {}", root, number);
        return number;
    }

    private boolean isTaken(int number) {
        return all.stream().anyMatch(mountpath -> mountpath.number() == number);
    }

    private static void requireEmpty(Path root) throws IOException {
        try (var entries = Files.list(root)) {
            var other = entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !NOTHING.contains(name))
                    .findFirst();
            // What a drained mountpath has left is nobody's any more.
            if (other.isPresent()) {
                throw refused(root + " is not empty (" + other.get() + "): give an empty directory");
            }
        }
    }

    private static LandfallException refused(String sentence) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, sentence);
    }

    /** Nothing moves any more when this returns; the mountpaths are still open. */
    @Override
    public void close() {
        moves.close();
    }
}
