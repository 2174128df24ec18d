package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens the data of records. */
final class Readers {
    private final DataFiles files;
    private final Holds holds;
    private final UnsyncedFiles unsynced;
    private final Presence presence;
    private final Function<ObjectKey, @Nullable ObjectRecord> lookup;

    Readers(
            DataFiles files,
            Holds holds,
            UnsyncedFiles unsynced,
            Presence presence,
            Function<ObjectKey, @Nullable ObjectRecord> lookup) {
        this.files = files;
        this.holds = holds;
        this.unsynced = unsynced;
        this.presence = presence;
        this.lookup = lookup;
    }

    Optional<BodyReader> open(ObjectRecord record) {
        List<DataFile> all = record.files();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        // Held before they are looked at: from here on the files stay, or are gone already.
        all.forEach(file -> holds.hold(file.id()));
        BodyReader reader = null;
        try {
            reader = openHeld(record);
            return Optional.ofNullable(reader);
        } finally {
            if (reader == null) {
                all.forEach(file -> holds.release(file.id()));
            }
        }
    }

    private @Nullable BodyReader openHeld(ObjectRecord record) {
        DataFile first = record.files().getFirst();
        if (unsynced.isSuspect(first.id()) && !unsynced.verify(record)) {
            return goneOrCorrupt(record);
        }
        FileChannel channel = null;
        DataReader reader = null;
        try {
            channel = FileChannel.open(files.pathOf(first.id()), StandardOpenOption.READ);
            DataFile bad = channel.size() == first.length() ? wrongRest(record) : first;
            if (bad == null) {
                reader = new DataReader(record, channel, files, holds);
                return reader;
            }
            files.quarantine(bad.id(), record.key().toString());
            return goneOrCorrupt(record);
        } catch (NoSuchFileException e) {
            return goneOrCorrupt(record);
        } catch (IOException e) {
            throw files.failed("open a data file", e);
        } finally {
            if (reader == null && channel != null) {
                close(channel);
            }
        }
    }

    /** Looks at the length of every file after the first before any byte is sent. */
    private @Nullable DataFile wrongRest(ObjectRecord record) throws IOException {
        for (int i = 1; i < record.files().size(); i++) {
            DataFile file = record.files().get(i);
            if (Files.size(files.pathOf(file.id())) != file.length()) {
                return file;
            }
        }
        return null;
    }

    private @Nullable BodyReader goneOrCorrupt(ObjectRecord record) {
        ObjectRecord current = lookup.apply(record.key());
        if (current == null || !current.files().equals(record.files())) {
            return null;
        }
        presence.check();
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
