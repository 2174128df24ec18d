package dev.landfall.targets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Whether what was at a mountpath when it was opened is still there. A disk that is unmounted lazily keeps its open files alive, and every
 * other one seems not to exist: that must not be taken for lost data.
 */
final class Presence {
    private final Path root;
    private final Fence fence;
    private final @Nullable Object before;

    Presence(Path root, Fence fence) throws IOException {
        this.root = root;
        this.fence = fence;
        before = key();
    }

    /** @throws dev.landfall.model.LandfallException {@code MOUNTPATH_FENCED} */
    void check() {
        fence.check();
        try {
            Object now = key();
            if (before == null || before.equals(now)) {
                return;
            }
            throw fence.raise(
                    "another disk is mounted there than before",
                    new IOException("The directory was " + before + " and is " + now));
        } catch (IOException e) {
            throw fence.raise("its disk is not there any more: mount it again and restart the node", e);
        }
    }

    /** Device and inode of the directory that holds the data: it is never replaced, as files are. */
    private @Nullable Object key() throws IOException {
        return Files.readAttributes(root.resolve("data"), BasicFileAttributes.class)
                .fileKey();
    }
}
