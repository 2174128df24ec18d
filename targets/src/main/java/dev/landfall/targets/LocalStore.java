package dev.landfall.targets;

import dev.landfall.model.TimeSource;
import java.nio.file.Path;
import java.util.List;

/** Opens the real store: RocksDB indexes and data files on mountpaths. */
public final class LocalStore {
    private LocalStore() {}

    /**
     * @param nodeId stands in events as the target
     * @param mountpaths directories, created when missing; the same ones in the same order at every start
     * @param partitions of the cluster
     */
    public record Config(String nodeId, List<Path> mountpaths, int partitions, TimeSource time) {}

    /** @throws dev.landfall.model.LandfallException or IllegalStateException when a mountpath is busy, foreign or unreadable */
    public static ObjectStore open(Config config) {
        throw new UnsupportedOperationException("not yet");
    }
}
