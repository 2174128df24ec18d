package dev.landfall.targets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the mountpaths of a store. One that cannot be opened does not hold up the others: its partitions have no holder. */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    private final Roots roots;
    private final Mountpath.Shared shared;
    private final Disk disk;

    Opening(Roots roots, Mountpath.Shared shared, Disk disk) {
        this.roots = roots;
        this.shared = shared;
        this.disk = disk;
    }

    /**
     * @param opened receives what was opened, also when this throws
     * @return the store's id
     * @throws IllegalStateException when none can be opened
     */
    String run(List<Mountpath> opened) {
        Map<Path, String> absent = new LinkedHashMap<>(roots.unusable);
        roots.empty.forEach(root -> absent.put(root, "it is empty: is its disk mounted?"));
        long incarnation = incarnation();
        IllegalStateException first = null;
        for (var entry : roots.known.entrySet()) {
            Path root = entry.getKey();
            try {
                opened.add(Mountpath.open(root, entry.getValue(), shared));
            } catch (IllegalStateException e) {
                first = first == null ? e : first;
                absent.put(root, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                absent.put(root, e.toString());
            }
        }
        if (opened.isEmpty()) {
            throw first != null ? first : new IllegalStateException("No mountpath can be used: " + absent);
        }
        boolean forming =
                opened.stream().allMatch(mountpath -> mountpath.identity().forming());
        if (forming && !absent.isEmpty()) {
            throw new IllegalStateException(
                    "A new store needs all its mountpaths, and these cannot be used: " + absent);
        }
        settle(opened, incarnation);
        shared.places().resolve(opened);
        shared.places().absent().putAll(absent);
        absent.forEach(
                (root, why) -> LOG.error("Mountpath {} is not in use, and its partitions answer 503: {}", root, why));
        String storeId = opened.getFirst().identity().storeId();
        return incarnation == 0 ? storeId : storeId + "." + incarnation;
    }

    /** Generations must not be used twice, so a store with a rebuilt index is another one: the cluster gives it new epochs. */
    private long incarnation() {
        long highest = roots.known.values().stream()
                .mapToLong(Identity::incarnation)
                .max()
                .orElse(0);
        boolean rebuilt = roots.known.values().stream().anyMatch(Identity::rebuilt);
        return rebuilt ? highest + 1 : highest;
    }

    /** Those that were rebuilt come last: until then the next start begins an incarnation once more. */
    private void settle(List<Mountpath> opened, long incarnation) {
        for (boolean rebuilt : new boolean[] {false, true}) {
            for (Mountpath mountpath : opened) {
                Identity identity = mountpath.identity();
                if (identity.rebuilt() == rebuilt) {
                    Identity settled = identity.formed().in(incarnation);
                    if (!settled.equals(identity)) {
                        write(mountpath.root(), settled);
                        mountpath.settled(settled);
                    }
                }
            }
        }
    }

    private void write(Path root, Identity identity) {
        try {
            identity.write(root, disk);
        } catch (IOException e) {
            throw new IllegalStateException("Mountpath " + root + " cannot be written: " + e, e);
        }
    }
}
