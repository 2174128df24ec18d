package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.Door;
import dev.landfall.ingest.http.Promptness;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.ObjectStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How promptly each of this node's mountpaths has served I/O threads. */
public final class Disks {
    private final ObjectStore store;
    private final TimeSource time;
    private final Map<Path, Promptness> byMountpath = new ConcurrentHashMap<>();

    public Disks(ObjectStore store, TimeSource time) {
        this.store = store;
        this.time = time;
    }

    /** @throws dev.landfall.model.LandfallException {@code NOT_OWNER}, {@code MOUNTPATH_FENCED} */
    Promptness of(ObjectKey key) {
        Path mountpath = store.mountpathOf(key);
        Promptness known = byMountpath.get(mountpath);
        return known != null
                ? known
                : byMountpath.computeIfAbsent(mountpath, path -> new Promptness(Door.AT_ONE_DISK, time));
    }
}
