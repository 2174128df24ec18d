package dev.landfall.targets;

import dev.landfall.model.TimeSource;
import java.nio.file.Path;
import java.util.List;

/** Opens the real store: RocksDB indexes and data files on mountpaths. */
public final class LocalStore {
    private LocalStore() {}

    /**
     * @param nodeId stands in events as the target
     * @param mountpaths directories, created when missing; all of them at every start, in any order
     * @param partitions of the cluster
     */
    public record Config(String nodeId, List<Path> mountpaths, int partitions, TimeSource time) {
        public Config {
            mountpaths = List.copyOf(mountpaths);
            if (mountpaths.isEmpty()) {
                throw new IllegalArgumentException("A store needs at least one mountpath");
            }
            if (partitions < 1 || partitions > 0xffff) {
                throw new IllegalArgumentException(
                        "The number of partitions must be between 1 and 65,535, not " + partitions);
            }
        }
    }

    /** @throws dev.landfall.model.LandfallException or IllegalStateException when a mountpath is busy, foreign or unreadable */
    public static ObjectStore open(Config config) {
        return Store.open(config, Disk.REAL);
    }
}
