package dev.landfall.ingest;

import dev.landfall.model.BucketName;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Makes files of this node's disks objects: those whose keys this node owns. Nothing is said of the others: their owners do. */
public interface Promoter {
    /**
     * @param path a file or directory below a promote root
     * @param prefix put before the relative path of each file
     */
    record Request(BucketName bucket, Path path, String prefix, boolean recursive, boolean overwrite) {}

    /** Told after each file, from several threads. */
    interface Progress {
        void stored(String name, long bytes);

        /** Its object exists, and overwrite was not asked for. */
        void skipped(String name);

        /** It is no regular file: a symbolic link, a socket, a pipe, a device. */
        void ignored(String name, String why);

        void failed(String name, String why);
    }

    /**
     * Refuses a path outside the roots (links resolved first): {@code PROMOTE_OUTSIDE_ROOTS}. Blocks until done or cancelled; cancelled from
     * the start, it checks the request and changes nothing.
     */
    void run(Request request, Progress progress, BooleanSupplier cancelled);
}
