package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The intents of a mountpath. */
final class Intents {
    private record Id(ObjectKey key, Generation generation) {}

    private final Index index;
    private final Space space;
    private final Bodies bodies;
    private final UploadTable uploads;
    /** All that have not ended, of this run too. */
    private final Map<ObjectKey, Map<Generation, Intent>> pending = new ConcurrentHashMap<>();

    private final Map<Id, Intent> leftBehind = new ConcurrentHashMap<>();

    Intents(Index index, Space space, Bodies bodies, UploadTable uploads) {
        this.index = index;
        this.space = space;
        this.bodies = bodies;
        this.uploads = uploads;
    }

    /** Finds what the last run left behind, and keeps its files. */
    void load() {
        for (Intent intent : all()) {
            leftBehind.put(new Id(intent.key(), intent.generation()), intent);
            began(intent);
            String uploadId = intent.uploadId();
            if (uploadId != null) {
                uploads.leftBehind(intent.key(), uploadId);
            } else if (!intent.delete()) {
                bodies.leftBehind(intent.fileId());
            }
        }
    }

    void save(Intent intent) {
        Runnable intend = intend(intent);
        if (!intent.delete()) {
            space.checkForIndex();
        }
        byte[] at = IndexKeys.intent(intent.key(), intent.generation());
        // Before S3 can hear of the change: nothing that S3 has now may be stored as what it will have.
        began(intent);
        try {
            index.write(new Batch().put(Column.INTENTS, at, IntentCodec.encode(intent)), true);
        } catch (RuntimeException e) {
            ended(intent.key(), intent.generation());
            throw e;
        }
        intend.run();
    }

    /** Finds the open body, and says what tells it of the intent. */
    private Runnable intend(Intent intent) {
        String uploadId = intent.uploadId();
        if (uploadId != null) {
            return uploads.assembled(intent.key(), uploadId)::intend;
        }
        return intent.delete() ? () -> {} : bodies.opened(intent.fileId())::intend;
    }

    void drop(Intent intent) {
        // Synced before the file goes, and before the client hears of it: a refused change must not come back.
        index.write(new Batch().delete(Column.INTENTS, IndexKeys.intent(intent.key(), intent.generation())), true);
        ended(intent.key(), intent.generation());
        String uploadId = intent.uploadId();
        if (uploadId != null) {
            uploads.dropIntent(intent.key(), uploadId);
        } else if (!intent.delete()) {
            bodies.drop(intent.fileId());
        }
    }

    /** Whether a change of a key may be on S3 before it is committed here. */
    boolean isPending(ObjectKey key) {
        return pending.containsKey(key);
    }

    List<Intent> leftBehind() {
        return List.copyOf(leftBehind.values());
    }

    List<Intent> all() {
        var found = new ArrayList<Intent>();
        index.scanAll(Column.INTENTS, (key, value) -> found.add(IntentCodec.decode(IndexKeys.keyOfIntent(key), value)));
        return found;
    }

    /** Adds to the batch of a change that its intent is no more. */
    void forgetCommitted(Change change, Batch batch) {
        Generation generation = reservedBy(change);
        if (generation != null) {
            batch.delete(Column.INTENTS, IndexKeys.intent(change.key(), generation));
        }
    }

    /** @param body that was committed; the intent's own one goes when it is another */
    void committed(Change change, @Nullable Body body) {
        Generation generation = reservedBy(change);
        if (generation == null) {
            return;
        }
        Intent intent = ended(change.key(), generation);
        if (intent != null
                && !intent.delete()
                && intent.uploadId() == null
                && (body == null || !body.files().equals(intent.files()))) {
            bodies.drop(intent.fileId());
        }
    }

    /** The upload that a change completes, if its intent says so. */
    @Nullable
    String uploadOf(Change change) {
        Generation generation = reservedBy(change);
        var generations = generation == null ? null : pending.get(change.key());
        Intent intent = generations == null ? null : generations.get(generation);
        return intent == null ? null : intent.uploadId();
    }

    private void began(Intent intent) {
        pending.compute(intent.key(), (key, generations) -> {
            var all = generations == null ? new HashMap<Generation, Intent>() : generations;
            all.put(intent.generation(), intent);
            return all;
        });
    }

    private @Nullable Intent ended(ObjectKey key, Generation generation) {
        leftBehind.remove(new Id(key, generation));
        var ended = new AtomicReference<@Nullable Intent>();
        pending.computeIfPresent(key, (k, generations) -> {
            ended.set(generations.remove(generation));
            return generations.isEmpty() ? null : generations;
        });
        return ended.get();
    }

    private static @Nullable Generation reservedBy(Change change) {
        return switch (change) {
            case Change.Put put -> put.reserved();
            case Change.Delete delete -> delete.reserved();
            case Change.MarkClean clean -> null;
            case Change.Park park -> null;
            case Change.Unpark unpark -> null;
            case Change.Evict evict -> null;
            case Change.Fill fill -> null;
        };
    }
}
