package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens the data of records. */
final class Readers {
    private final DataFiles files;
    private final Holds holds;
    private final UnsyncedFiles unsynced;
    private final Function<ObjectKey, @Nullable ObjectRecord> lookup;

    Readers(DataFiles files, Holds holds, UnsyncedFiles unsynced, Function<ObjectKey, @Nullable ObjectRecord> lookup) {
        this.files = files;
        this.holds = holds;
        this.unsynced = unsynced;
        this.lookup = lookup;
    }

    Optional<BodyReader> open(ObjectRecord record) {
        long id = record.fileId();
        if (id == ObjectRecord.NO_FILE) {
            return Optional.empty();
        }
        // Held before it is looked at: from here on the file stays, or is gone already.
        holds.hold(id);
        BodyReader reader = null;
        try {
            reader = openHeld(record);
            return Optional.ofNullable(reader);
        } finally {
            if (reader == null) {
                holds.release(id);
            }
        }
    }

    private @Nullable BodyReader openHeld(ObjectRecord record) {
        long id = record.fileId();
        if (unsynced.isSuspect(id) && !unsynced.verify(record)) {
            return goneOrCorrupt(record);
        }
        Path path = files.pathOf(id);
        FileChannel channel = null;
        boolean good = false;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            good = channel.size() == record.size();
            if (good) {
                return new DataReader(record, channel, path, holds);
            }
            files.quarantine(id, record.key().toString());
            return goneOrCorrupt(record);
        } catch (NoSuchFileException e) {
            return goneOrCorrupt(record);
        } catch (IOException e) {
            throw files.failed("open a data file", e);
        } finally {
            if (!good && channel != null) {
                close(channel);
            }
        }
    }

    private @Nullable BodyReader goneOrCorrupt(ObjectRecord record) {
        ObjectRecord current = lookup.apply(record.key());
        if (current == null || current.fileId() != record.fileId()) {
            return null;
        }
        throw new LandfallException(
                ErrorCode.CORRUPT_OBJECT,
                "The stored data of " + record.key() + " does not match its checksum or is missing");
    }

    private void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw files.failed("close a data file", e);
        }
    }
}
