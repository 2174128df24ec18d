package dev.landfall.targets;

import dev.landfall.model.ObjectRecord;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A committed body. Holds its file: an overwrite or delete does not touch it until this is closed. */
public interface BodyReader extends AutoCloseable {
    ObjectRecord record();

    /** For positional reads and {@code transferTo}; do not close it and do not move its position. */
    FileChannel channel();

    /** Where the file is, for a process that must open it by name. Read only. */
    Path path();

    @Override
    void close();
}
