package dev.landfall.targets;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The bodies of a mountpath that the index does not list yet. */
final class Bodies {
    private final DataFiles files;
    private final FileIds ids;
    private final ConcurrentHashMap<Long, DataBody> open = new ConcurrentHashMap<>();
    /** Files that intents name and that no open body holds: of the last run, or their commit has failed. */
    private final Set<Long> leftBehind = ConcurrentHashMap.newKeySet();
    /** Files of commits that failed half-way: only the next start knows whether the index lists them. */
    private final Set<Long> doubtful = ConcurrentHashMap.newKeySet();

    Bodies(DataFiles files, FileIds ids) {
        this.files = files;
        this.ids = ids;
    }

    DataFiles files() {
        return files;
    }

    DataBody create(long expectedLength) {
        files.checkSpace(expectedLength);
        long id = ids.take();
        try {
            var body = DataBody.create(this, id, files.pathOf(id));
            open.put(id, body);
            return body;
        } catch (IOException e) {
            ids.settled(id);
            throw files.failed("make a data file", e);
        }
    }

    /** Says at start that an intent names a file. */
    void leftBehind(long fileId) {
        if (leftBehind.add(fileId)) {
            ids.opened(fileId);
        }
    }

    /** Takes over the body of an intent; one that is not whole is quarantined. */
    Optional<DataBody> recover(Intent intent) {
        long id = intent.fileId();
        DataBody current = open.get(id);
        if (current != null && current.waitsForCommit()) {
            return Optional.of(current);
        }
        if (!leftBehind.remove(id)) {
            return Optional.empty();
        }
        Optional<DataBody> body;
        try {
            body = reopen(intent);
        } catch (RuntimeException e) {
            leftBehind.add(id);
            throw e;
        }
        body.ifPresentOrElse(whole -> open.put(id, whole), () -> ids.settled(id));
        return body;
    }

    private Optional<DataBody> reopen(Intent intent) {
        long id = intent.fileId();
        Path path = files.pathOf(id);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (!Checksums.matches(channel, intent.length(), intent.crc32c())) {
                files.quarantine(id, "the unfinished change of " + intent.key());
                return Optional.empty();
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw files.failed("read a data file", e);
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return Optional.of(DataBody.recovered(this, id, path, channel, intent.length(), intent.crc32c()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw files.failed("read a data file", e);
        }
    }

    DataBody opened(long fileId) {
        DataBody body = open.get(fileId);
        if (body == null) {
            throw new IllegalArgumentException("There is no open body with file id " + fileId);
        }
        return body;
    }

    /** Removes the body of an intent that is no more; one of an earlier run too. */
    void drop(long fileId) {
        DataBody body = open.get(fileId);
        if (body != null) {
            body.forgetIntent();
        }
        if (leftBehind.remove(fileId)) {
            files.unlink(fileId);
            ids.settled(fileId);
        }
    }

    void settled(DataBody body) {
        open.remove(body.fileId());
        ids.settled(body.fileId());
    }

    /** Its file stays, though the index does not list it; the block of the file stays open, so that the next start looks at it. */
    void setAside(DataBody body, boolean intended) {
        // First there, then gone from here: whoever recovers it meanwhile must find it.
        (intended ? leftBehind : doubtful).add(body.fileId());
        open.remove(body.fileId(), body);
    }

    /** Files that a commit left behind when it failed half-way. */
    Set<Long> doubtful() {
        return Set.copyOf(doubtful);
    }

    int count() {
        return open.size();
    }

    List<DataBody> all() {
        return List.copyOf(open.values());
    }
}
