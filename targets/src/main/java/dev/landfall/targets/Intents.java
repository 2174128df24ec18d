package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The intents of a mountpath. */
final class Intents {
    private record Id(ObjectKey key, Generation generation) {}

    private final Index index;
    private final Bodies bodies;
    private final Map<Id, Intent> leftBehind = new ConcurrentHashMap<>();

    Intents(Index index, Bodies bodies) {
        this.index = index;
        this.bodies = bodies;
    }

    /** Finds what the last run left behind, and keeps its files. */
    void load() {
        for (Intent intent : all()) {
            leftBehind.put(new Id(intent.key(), intent.generation()), intent);
            if (!intent.delete()) {
                bodies.leftBehind(intent.fileId());
            }
        }
    }

    void save(Intent intent) {
        if (!intent.delete()) {
            bodies.intend(intent.fileId());
        }
        index.write(
                new Batch()
                        .put(
                                Column.INTENTS,
                                IndexKeys.intent(intent.key(), intent.generation()),
                                IntentCodec.encode(intent)),
                true);
    }

    void drop(Intent intent) {
        index.write(new Batch().delete(Column.INTENTS, IndexKeys.intent(intent.key(), intent.generation())), false);
        leftBehind.remove(new Id(intent.key(), intent.generation()));
        if (!intent.delete()) {
            bodies.drop(intent.fileId());
        }
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
        Intent intent = leftBehind.remove(new Id(change.key(), generation));
        if (intent != null && !intent.delete() && (body == null || body.fileId() != intent.fileId())) {
            bodies.drop(intent.fileId());
        }
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
