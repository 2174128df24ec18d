package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.file.Path;
import java.util.List;

/** The mountpaths of a store while it runs. */
public interface Mountpaths {
    /** Of a store that keeps nothing on disks. */
    Mountpaths NONE = new Mountpaths() {
        @Override
        public List<MountpathInfo> list() {
            return List.of();
        }

        @Override
        public void add(Path directory) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "This store has no mountpaths");
        }

        @Override
        public void drain(Path directory) {
            add(directory);
        }
    };

    List<MountpathInfo> list();

    /**
     * Adds an empty directory, or a mountpath of this store that was not there at the start. It joins at once, and partitions move to it in
     * the background. It is remembered: the next start finds it without the configuration.
     *
     * @throws dev.landfall.model.LandfallException {@code INVALID_ARGUMENT} with a sentence when it is foreign, busy, or no such directory
     */
    void add(Path directory);

    /**
     * Moves all partitions away, in the background, and closes the mountpath when the last has gone. Goes on after a crash.
     *
     * @throws dev.landfall.model.LandfallException {@code INVALID_ARGUMENT} when it is no mountpath of the store, or its only one;
     *     {@code MOUNTPATH_FENCED} when it cannot be read
     */
    void drain(Path directory);
}
