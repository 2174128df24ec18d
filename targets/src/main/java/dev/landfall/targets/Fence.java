package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a mountpath may still be used. After the first error that leaves open what is on the disk, it may not: the kernel drops the
 * pages of a failed sync, so a second one that succeeds proves nothing.
 */
final class Fence {
    private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

    private final Path mountpath;
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

    Fence(Path mountpath) {
        this.mountpath = mountpath;
    }

    /** @throws LandfallException {@link ErrorCode#MOUNTPATH_FENCED} */
    void check() {
        String why = reason.get();
        if (why != null) {
            throw new LandfallException(ErrorCode.MOUNTPATH_FENCED, "Mountpath " + mountpath + " is fenced: " + why);
        }
    }

    @Nullable
    String why() {
        return reason.get();
    }

    boolean isUp() {
        return reason.get() != null;
    }

    /** Fences the mountpath; the first reason stays. Returns what to throw. */
    LandfallException raise(String why, Throwable cause) {
        if (reason.compareAndSet(null, why)) {
            LOG.error("Mountpath {} is fenced until the next start: {}", mountpath, why, cause);
        }
        return new LandfallException(
                ErrorCode.MOUNTPATH_FENCED, "Mountpath " + mountpath + " is fenced: " + reason.get(), cause);
    }
}
