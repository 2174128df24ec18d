package dev.landfall.targets;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A real disk that can have a bad day. */
final class TestDisk implements Disk {
    final AtomicInteger failFileForces = new AtomicInteger();
    final AtomicInteger failDirectoryForces = new AtomicInteger();
    final AtomicInteger fileForces = new AtomicInteger();
    /** By the store's own threads. */
    final AtomicInteger lateForces = new AtomicInteger();

    volatile Long usable;

    @Override
    public void force(FileChannel file) throws IOException {
        fileForces.incrementAndGet();
        if (Thread.currentThread().getName().startsWith("landfall-")) {
            lateForces.incrementAndGet();
        }
        if (failFileForces.getAndUpdate(n -> Math.max(n - 1, 0)) > 0) {
            throw new IOException("Input/output error");
        }
        Disk.REAL.force(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (failDirectoryForces.getAndUpdate(n -> Math.max(n - 1, 0)) > 0) {
            throw new IOException("Input/output error");
        }
        Disk.REAL.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) {
        Long set = usable;
        return set == null ? Disk.REAL.usableBytes(directory) : set;
    }

    @Override
    public long totalBytes(Path directory) {
        return Disk.REAL.totalBytes(directory);
    }
}
