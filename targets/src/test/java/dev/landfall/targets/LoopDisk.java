package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small ext4 file system in a file in memory, mounted. Needs root. */
final class LoopDisk implements AutoCloseable {
    private final Path image;
    private final Path mount;

    private LoopDisk(Path image, Path mount) {
        this.image = image;
        this.mount = mount;
    }

    /** @param format more arguments of {@code mkfs.ext4} */
    static LoopDisk mount(Path mount, long bytes, String... format) throws Exception {
        Path inMemory = Path.of("/dev/shm");
        var disk =
                new LoopDisk(Files.createTempFile(inMemory, "landfall-disk", ".img"), Files.createDirectories(mount));
        try (var file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        var mkfs = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F"));
        mkfs.addAll(List.of(format));
        mkfs.add(disk.image.toString());
        boolean mounted = Commands.succeeds(mkfs.toArray(String[]::new))
                && Commands.succeeds("mount", "-o", "loop", disk.image.toString(), mount.toString());
        if (!mounted) {
            disk.close();
        }
        assertThat(mounted).as("mounted %s (needs root)", mount).isTrue();
        return disk;
    }

    Path path() {
        return mount;
    }

    /** What the kernel does when it has lost its trust in a file system: from here on it is read-only, whoever has a file open. */
    void turnReadOnly() throws Exception {
        Commands.run("mount", "-o", "remount,abort", mount.toString());
    }

    /** Everything that is in the kernel is on the disk. */
    void sync() throws Exception {
        Commands.run("sync", "-f", mount.toString());
    }

    /** Keeps what the disk holds now; what the kernel has not written yet is lost, as in a power cut. */
    void cutPower() throws Exception {
        Commands.run("cp", "--sparse=always", image.toString(), cut().toString());
    }

    /** Goes back to the moment of {@link #cutPower}. Nobody may use the disk meanwhile. */
    void restorePower() throws Exception {
        Commands.run("umount", mount.toString());
        Files.move(cut(), image, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Commands.run("mount", "-o", "loop", image.toString(), mount.toString());
    }

    @Override
    public void close() throws Exception {
        Commands.succeeds("umount", mount.toString());
        Files.deleteIfExists(image);
        Files.deleteIfExists(cut());
    }

    private Path cut() {
        return image.resolveSibling(image.getFileName() + ".cut");
    }
}
