package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The multipart uploads of a mountpath. The index is the truth; in memory is only who may change an upload now. Writes go to the index
 * from the callers' threads, each under the lock of its upload; the commit that completes one goes through the committer.
 */
final class UploadTable {
    private static final Logger LOG = LoggerFactory.getLogger(UploadTable.class);
    private static final Duration KEEP_COMPLETED = Duration.ofDays(1);
    private static final int MOST_COMPLETED = 10_000;
    private static final int CHUNK = 1000;

    private record Id(ObjectKey key, String id) {}

    private final Mountpath mountpath;
    private final UploadParts parts;
    private final TimeSource time;
    private final Map<Id, UploadEntry> open = new ConcurrentHashMap<>();

    UploadTable(Mountpath mountpath, TimeSource time) {
        this.mountpath = mountpath;
        this.parts = new UploadParts(mountpath.index());
        this.time = time;
    }

    void load() {
        mountpath.index().scanAll(Column.UPLOADS, (at, value) -> {
            ObjectKey key = IndexKeys.keyOfIntent(at);
            String id = IndexKeys.generationOf(at).toString();
            open.put(new Id(key, id), new UploadEntry(UploadCodec.upload(key, id, value), at));
            return true;
        });
    }

    /** Every part of every open upload. */
    void eachPart(BiConsumer<byte[], UploadedPart> seen) {
        parts.each(seen);
    }

    void create(Upload upload) {
        begin(upload.key(), () -> {
            createNow(upload);
            return upload;
        });
    }

    private <T> T begin(ObjectKey key, Supplier<T> change) {
        return mountpath.places().begin(mountpath, mountpath.partitionOf(key), change);
    }

    private void createNow(Upload upload) {
        if (open.size() >= Uploads.MOST_UPLOADS) {
            throw LandfallException.of(ErrorCode.TOO_MANY_UPLOADS);
        }
        mountpath.space().checkForIndex();
        var entry = new UploadEntry(upload, at(upload.key(), Generation.parse(upload.id())));
        mountpath.index().write(new Batch().put(Column.UPLOADS, entry.at, UploadCodec.encode(upload)), true);
        open.put(new Id(upload.key(), upload.id()), entry);
    }

    Optional<Upload> found(ObjectKey key, String id) {
        return Optional.ofNullable(open.get(new Id(key, id))).map(entry -> entry.upload);
    }

    UploadedPart put(ObjectKey key, String id, int number, DataBody body, String etag, Map<String, String> checksums) {
        return begin(key, () -> putNow(key, id, number, body, etag, checksums));
    }

    private UploadedPart putNow(
            ObjectKey key, String id, int number, DataBody body, String etag, Map<String, String> checksums) {
        body.claim();
        boolean written = false;
        List<Long> replaced = new ArrayList<>();
        UploadedPart part;
        try {
            UploadEntry entry = entry(key, id);
            body.seal(true);
            mountpath.files().forceDirectory(mountpath.files().blockDirectory(FileIds.blockOf(body.fileId())));
            mountpath.space().checkForIndex();
            part = new UploadedPart(number, body.files().getFirst(), etag, now(), checksums);
            byte[] at = IndexKeys.part(entry.at, number);
            synchronized (entry) {
                entry.requireOpen();
                byte[] old = mountpath.index().get(Column.PARTS, at);
                var batch = new Batch().put(Column.PARTS, at, UploadCodec.encode(part));
                if (old != null) {
                    replaced.add(UploadParts.stageGarbage(batch, UploadCodec.part(number, old)));
                }
                written = true;
                mountpath.index().write(batch, true);
            }
        } catch (RuntimeException e) {
            if (written) {
                body.abandon();
            } else {
                body.release();
            }
            throw e;
        }
        body.committed();
        becameGarbage(replaced);
        return part;
    }

    List<UploadedPart> parts(ObjectKey key, String id, int afterNumber, int limit) {
        return afterNumber >= Uploads.MOST_PARTS
                ? List.of()
                : parts.of(at(key, generation(key, id)), afterNumber, limit);
    }

    PartsBody assemble(ObjectKey key, String id, List<UploadedPart> chosen) {
        return begin(key, () -> assembleNow(key, id, chosen));
    }

    private PartsBody assembleNow(ObjectKey key, String id, List<UploadedPart> chosen) {
        UploadEntry entry = entry(key, id);
        synchronized (entry) {
            entry.requireOpen();
            for (UploadedPart part : chosen) {
                byte[] value = mountpath.index().get(Column.PARTS, IndexKeys.part(entry.at, part.number()));
                if (value == null
                        || !UploadCodec.part(part.number(), value).file().equals(part.file())) {
                    throw new LandfallException(
                            ErrorCode.INVALID_PART, "Part " + part.number() + " was uploaded again meanwhile");
                }
            }
            return begin(entry, chosen.stream().map(UploadedPart::file).toList(), false);
        }
    }

    Optional<ObjectRecord> completed(ObjectKey key, String id) {
        byte[] value = mountpath.index().get(Column.COMPLETED, at(key, generation(key, id)));
        return Optional.ofNullable(value).map(v -> UploadCodec.completed(key, v).record());
    }

    void abort(ObjectKey key, String id) {
        begin(key, () -> {
            abortNow(key, id);
            return id;
        });
    }

    private void abortNow(ObjectKey key, String id) {
        UploadEntry entry = entry(key, id);
        synchronized (entry) {
            entry.requireOpen();
            var batch = new Batch().delete(Column.UPLOADS, entry.at);
            var garbage = new ArrayList<Long>();
            for (UploadedPart part : parts.of(entry.at, 0, Integer.MAX_VALUE)) {
                batch.delete(Column.PARTS, IndexKeys.part(entry.at, part.number()));
                garbage.add(UploadParts.stageGarbage(batch, part));
            }
            mountpath.index().write(batch, true);
            over(entry);
            becameGarbage(garbage);
        }
    }

    int expire(Duration age) {
        Instant before = time.now().minus(age);
        int expired = 0;
        for (UploadEntry entry : open.values()) {
            Upload upload = entry.upload;
            if (upload.initiated().isBefore(before)) {
                try {
                    abort(upload.key(), upload.id());
                    LOG.info("A multipart upload of {} was begun {} and is aborted", upload.key(), upload.initiated());
                    expired++;
                } catch (LandfallException e) {
                    if (e.code() != ErrorCode.BUSY && e.code() != ErrorCode.NO_SUCH_UPLOAD) {
                        throw e;
                    }
                }
            }
        }
        return expired;
    }

    /** Aborts what is too old, and forgets what became of uploads that nobody will ask for any more. */
    void tidy() {
        expire(Uploads.EXPIRE);
        long before = time.now().minus(KEEP_COMPLETED).toEpochMilli();
        int[] count = new int[1];
        var batch = new Batch();
        mountpath.index().scanAll(Column.COMPLETED, (at, value) -> {
            count[0]++;
            long when = UploadCodec.completed(IndexKeys.keyOfIntent(at), value).at();
            if (when < before || count[0] > MOST_COMPLETED) {
                batch.delete(Column.COMPLETED, at);
            }
            return batch.size() < CHUNK;
        });
        if (!batch.isEmpty()) {
            mountpath.index().write(batch, false);
        }
    }

    // what commits and intents make of them

    /** Adds to a batch that an upload is complete; returns the files of the parts that the record does not name. */
    List<Long> stageCompleted(Batch batch, ObjectKey key, String id, ObjectRecord record) {
        byte[] at = at(key, generation(key, id));
        if (mountpath.index().get(Column.UPLOADS, at) == null) {
            return List.of();
        }
        batch.delete(Column.UPLOADS, at);
        var unused = new ArrayList<Long>();
        var used = new java.util.HashSet<>(record.files());
        for (UploadedPart part : parts.of(at, 0, Integer.MAX_VALUE)) {
            batch.delete(Column.PARTS, IndexKeys.part(at, part.number()));
            if (!used.contains(part.file())) {
                unused.add(UploadParts.stageGarbage(batch, part));
            }
        }
        var completed = new UploadCodec.Completed(now().toEpochMilli(), record.withoutFiles());
        batch.put(Column.COMPLETED, at, UploadCodec.encode(completed));
        return unused;
    }

    /** The batch is written. */
    void ended(ObjectKey key, String id) {
        UploadEntry entry = open.get(new Id(key, id));
        if (entry != null) {
            synchronized (entry) {
                over(entry);
            }
        }
    }

    /** The body that is being completed, for an intent. */
    PartsBody assembled(ObjectKey key, String id) {
        UploadEntry entry = entry(key, id);
        synchronized (entry) {
            if (entry.body == null) {
                throw new IllegalArgumentException("There is no open body of the upload " + id);
            }
            return entry.body;
        }
    }

    /** Says at start that an intent names the parts of an upload. */
    void leftBehind(ObjectKey key, String id) {
        UploadEntry entry = open.get(new Id(key, id));
        if (entry != null) {
            synchronized (entry) {
                entry.stage = UploadEntry.Stage.LEFT_BEHIND;
            }
        }
    }

    /** Takes over the parts that an intent names; empty when one of them is not whole. */
    Optional<PartsBody> recover(Intent intent) {
        UploadEntry entry = open.get(new Id(intent.key(), String.valueOf(intent.uploadId())));
        if (entry == null) {
            return Optional.empty();
        }
        synchronized (entry) {
            PartsBody current = entry.body;
            if (current != null && current.waitsForCommit()) {
                return Optional.of(current);
            }
            if (entry.stage != UploadEntry.Stage.LEFT_BEHIND
                    || !intent.files().stream().allMatch(this::isWhole)) {
                return Optional.empty();
            }
            return Optional.of(begin(entry, intent.files(), true));
        }
    }

    /** The intent that names its parts is no more, and was not committed. */
    void dropIntent(ObjectKey key, String id) {
        UploadEntry entry = open.get(new Id(key, id));
        if (entry == null) {
            return;
        }
        PartsBody body;
        synchronized (entry) {
            body = entry.body;
            if (entry.stage == UploadEntry.Stage.LEFT_BEHIND) {
                entry.stage = UploadEntry.Stage.OPEN;
            }
        }
        if (body != null) {
            body.forgetIntent();
        }
    }

    /** Whether an upload of a partition is on its way into a record. */
    boolean isCompleting(int partition) {
        return open.values().stream()
                .filter(entry -> mountpath.partitionOf(entry.upload.key()) == partition)
                .anyMatch(entry -> {
                    synchronized (entry) {
                        return entry.stage != UploadEntry.Stage.OPEN && entry.stage != UploadEntry.Stage.OVER;
                    }
                });
    }

    /** Takes over what was copied into the index. */
    void adopt(int partition) {
        mountpath.index().scanAll(Column.UPLOADS, (at, value) -> {
            ObjectKey key = IndexKeys.keyOfIntent(at);
            if (mountpath.partitionOf(key) == partition) {
                String id = IndexKeys.generationOf(at).toString();
                open.put(new Id(key, id), new UploadEntry(UploadCodec.upload(key, id, value), at));
            }
            return true;
        });
    }

    void forget(int partition) {
        open.keySet().removeIf(id -> mountpath.partitionOf(id.key) == partition);
    }

    int bodies() {
        return (int) open.values().stream()
                .filter(entry -> {
                    synchronized (entry) {
                        return entry.body != null;
                    }
                })
                .count();
    }

    private PartsBody begin(UploadEntry entry, List<DataFile> files, boolean intended) {
        var body = new PartsBody(mountpath.bodies(), entry.upload.id(), files, intended, stillIntended -> {
            synchronized (entry) {
                if (entry.stage == UploadEntry.Stage.COMPLETING) {
                    entry.body = null;
                    entry.stage = stillIntended ? UploadEntry.Stage.LEFT_BEHIND : UploadEntry.Stage.OPEN;
                }
            }
        });
        entry.body = body;
        entry.stage = UploadEntry.Stage.COMPLETING;
        return body;
    }

    private boolean isWhole(DataFile file) {
        try {
            return Files.size(mountpath.files().pathOf(file.id())) == file.length();
        } catch (IOException e) {
            return false;
        }
    }

    private void over(UploadEntry entry) {
        entry.stage = UploadEntry.Stage.OVER;
        entry.body = null;
        open.remove(new Id(entry.upload.key(), entry.upload.id()));
    }

    private void becameGarbage(List<Long> files) {
        if (!files.isEmpty()) {
            mountpath.garbage().replaced(files, true);
            mountpath.janitor().wake();
        }
    }

    private UploadEntry entry(ObjectKey key, String id) {
        UploadEntry entry = open.get(new Id(key, id));
        if (entry == null) {
            throw UploadEntry.noSuchUpload(key);
        }
        return entry;
    }

    private static byte[] at(ObjectKey key, Generation id) {
        return IndexKeys.intent(key, id);
    }

    private static Generation generation(ObjectKey key, String id) {
        if (!id.matches("[0-9a-f]{16}")) {
            throw UploadEntry.noSuchUpload(key);
        }
        return Generation.parse(id);
    }

    Instant now() {
        return time.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
