package dev.landfall.targets;

import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** An open data file, held until closed. */
final class DataReader implements BodyReader {
    private final ObjectRecord record;
    private final FileChannel channel;
    private final Path path;
    private final Holds holds;
    private final AtomicBoolean closed = new AtomicBoolean();

    DataReader(ObjectRecord record, FileChannel channel, Path path, Holds holds) {
        this.record = record;
        this.channel = channel;
        this.path = path;
        this.holds = holds;
    }

    @Override
    public ObjectRecord record() {
        return record;
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                holds.release(record.fileId());
            }
        }
    }
}
