package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Data files held until closed. The first is open all the time; the others only while they are read, for there may be thousands. */
final class DataReader implements BodyReader {
    private final ObjectRecord record;
    private final FileChannel first;
    private final DataFiles files;
    private final Holds holds;
    /** That share the files. */
    private final AtomicInteger readers;

    private final AtomicBoolean closed = new AtomicBoolean();

    DataReader(ObjectRecord record, FileChannel first, DataFiles files, Holds holds) {
        this(record, first, files, holds, new AtomicInteger(1));
    }

    private DataReader(ObjectRecord record, FileChannel first, DataFiles files, Holds holds, AtomicInteger readers) {
        this.record = record;
        this.first = first;
        this.files = files;
        this.holds = holds;
        this.readers = readers;
    }

    @Override
    public ObjectRecord record() {
        return record;
    }

    @Override
    public List<Path> paths() {
        return record.files().stream().map(file -> files.pathOf(file.id())).toList();
    }

    @Override
    public void transferTo(long from, long count, Piece piece) throws IOException {
        Objects.checkFromIndexSize(from, count, record.size());
        long end = from + count;
        long start = 0;
        boolean isFirst = true;
        for (DataFile file : record.files()) {
            long next = start + file.length();
            long begin = Math.max(from, start);
            long length = Math.min(end, next) - begin;
            if (length > 0) {
                if (isFirst) {
                    piece.take(first, begin - start, length);
                } else {
                    try (FileChannel channel = open(file)) {
                        piece.take(channel, begin - start, length);
                    }
                }
            }
            if (next >= end) {
                return;
            }
            isFirst = false;
            start = next;
        }
    }

    private FileChannel open(DataFile file) {
        try {
            return FileChannel.open(files.pathOf(file.id()), StandardOpenOption.READ);
        } catch (IOException e) {
            throw files.failed("open a data file", e);
        }
    }

    @Override
    public BodyReader keep() {
        readers.incrementAndGet();
        return new DataReader(record, first, files, holds, readers);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && readers.decrementAndGet() == 0) {
            try {
                first.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                record.files().forEach(file -> holds.release(file.id()));
            }
        }
    }
}
