package dev.landfall.targets;

import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** A committed body. Holds its data files: an overwrite or delete does not touch them until this is closed. */
public interface BodyReader extends AutoCloseable {
    /** Takes a piece of a body that lies in one file. */
    interface Piece {
        /** @param file for positional reads and {@code transferTo}; do not close it and do not move its position */
        void take(FileChannel file, long position, long count) throws IOException;
    }

    ObjectRecord record();

    /**
     * Where the data files are, in order, for a process that must open them by name: one, unless the record {@link
     * ObjectRecord#isInParts is in parts}. Read only.
     */
    List<Path> paths();

    /**
     * Hands over where the bytes from {@code first} on lie, in order: for an object with one data file one piece, else one for every file
     * that has some of them. A piece of 0 bytes is not handed over. May be called more than once, and from several threads.
     *
     * @throws IOException what the piece threw
     * @throws dev.landfall.model.LandfallException when a data file cannot be opened
     * @throws IndexOutOfBoundsException when the object has fewer bytes
     */
    void transferTo(long first, long count, Piece piece) throws IOException;

    /** Another reader of the same body, open until it is closed itself. */
    BodyReader keep();

    @Override
    void close();
}
