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
    /** All that have not ended, of this run too. */
    private final Map<ObjectKey, Map<Generation, Intent>> pending = new ConcurrentHashMap<>();

    private final Map<Id, Intent> leftBehind = new ConcurrentHashMap<>();

    Intents(Index index, Space space, Bodies bodies) {
        this.index = index;
        this.space = space;
        this.bodies = bodies;
    }

    /** Finds what the last run left behind, and keeps its files. */
    void load() {
        for (Intent intent : all()) {
            leftBehind.put(new Id(intent.key(), intent.generation()), intent);
            began(intent);
            if (!intent.delete()) {
                bodies.leftBehind(intent.fileId());
            }
        }
    }

    void save(Intent intent) {
        DataBody body = intent.delete() ? null : bodies.opened(intent.fileId());
        if (body != null) {
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
        if (body != null) {
            body.intend();
        }
    }

    void drop(Intent intent) {
        // Synced before the file goes, and before the client hears of it: a refused change must not come back.
        index.write(new Batch().delete(Column.INTENTS, IndexKeys.intent(intent.key(), intent.generation())), true);
        ended(intent.key(), intent.generation());
        if (!intent.delete()) {
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
    void committed(Change change, @Nullable DataBody body) {
        Generation generation = reservedBy(change);
        if (generation == null) {
            return;
        }
        Intent intent = ended(change.key(), generation);
        if (intent != null && !intent.delete() && (body == null || body.fileId() != intent.fileId())) {
            bodies.drop(intent.fileId());
        }
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
            case Change.Fill fill -> null;
        };
    }
}
