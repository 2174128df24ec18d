package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory, with a page cache: what was not synced may be lost, torn or zero after a power cut, and a name whose directory was not
 * synced may be gone. It can be full, and a sync can fail once and then "succeed", as the kernel's does.
 */
public final class SimDisk {
    static final class SimFile {
        byte[] bytes = new byte[0];
        boolean synced;
        boolean named;
    }

    private final RandomGenerator random;
    final TreeMap<Long, SimFile> files = new TreeMap<>();
    /** Files that intents name: they stay until those end. */
    final Set<Long> intended = new HashSet<>();

    final SimEntries entries = new SimEntries(this);
    private long nextFile = 1;
    /** No byte more fits. */
    public boolean full;
    /** How often a sync fails; 0 for never. */
    public double syncFailures;

    public SimDisk(RandomGenerator random) {
        this.random = random;
    }

    /** What only the page cache had is lost, or not. */
    public void cutPower() {
        entries.cutPower(random);
        for (Long id : List.copyOf(files.keySet())) {
            SimFile file = files.get(id);
            if (!file.named && random.nextInt(3) == 0) {
                files.remove(id);
                continue;
            }
            if (!file.synced) {
                int kept = random.nextInt(file.bytes.length + 1);
                switch (random.nextInt(4)) {
                    case 0 -> file.bytes = new byte[0];
                    case 1 -> file.bytes = Arrays.copyOf(file.bytes, kept);
                    case 2 -> Arrays.fill(file.bytes, kept, file.bytes.length, (byte) 0);
                    default -> {}
                }
            }
            file.synced = true;
            file.named = true;
        }
    }

    /** What an upload of these files reads. */
    public byte[] read(List<Path> paths) {
        var all = new ArrayList<byte[]>();
        int length = 0;
        for (Path path : paths) {
            SimFile file = files.get(Long.valueOf(path.getFileName().toString()));
            byte[] bytes = file == null ? new byte[0] : file.bytes;
            all.add(bytes);
            length += bytes.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] bytes : all) {
            System.arraycopy(bytes, 0, joined, at, bytes.length);
            at += bytes.length;
        }
        return joined;
    }

    static Path pathOf(long id) {
        return Path.of("/sim", Long.toString(id));
    }

    long create() {
        checkSpace();
        long id = nextFile++;
        files.put(id, new SimFile());
        return id;
    }

    void append(long id, byte[] more) {
        checkSpace();
        SimFile file = files.get(id);
        byte[] longer = Arrays.copyOf(file.bytes, file.bytes.length + more.length);
        System.arraycopy(more, 0, longer, file.bytes.length, more.length);
        file.bytes = longer;
        file.synced = false;
    }

    /** @throws SyncFailed once; the next sync of the same pages would say that all is well */
    void sync(long id) throws SyncFailed {
        failSometimes();
        SimFile file = files.get(id);
        if (file != null) {
            file.synced = true;
        }
    }

    void syncDirectory(long id) throws SyncFailed {
        failSometimes();
        SimFile file = files.get(id);
        if (file != null) {
            file.named = true;
        }
    }

    void failSometimes() throws SyncFailed {
        if (syncFailures > 0 && random.nextDouble() < syncFailures) {
            throw new SyncFailed();
        }
    }

    void checkSpace() {
        if (full) {
            throw LandfallException.of(ErrorCode.INSUFFICIENT_STORAGE);
        }
    }

    static final class SyncFailed extends Exception {
        private static final long serialVersionUID = 1;

        SyncFailed() {
            super("EIO", null, false, false);
        }
    }
}
