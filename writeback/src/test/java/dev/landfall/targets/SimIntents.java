package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The intents of a {@link SimStore}. */
final class SimIntents {
    private record Id(ObjectKey key, Generation generation) {}

    private final SimDisk disk;
    private final SimFiles files;
    private final Map<Id, Intent> pending = new HashMap<>();
    private final Map<Id, Intent> leftBehind = new HashMap<>();

    SimIntents(SimDisk disk, SimFiles files) {
        this.disk = disk;
        this.files = files;
    }

    void load() {
        disk.entries.scanAll(Column.INTENTS, (key, value) -> {
            Intent intent = IntentCodec.decode(IndexKeys.keyOfIntent(key), value);
            leftBehind.put(idOf(intent), intent);
            return true;
        });
        pending.putAll(leftBehind);
        disk.intended.clear();
        disk.intended.addAll(fileIds());
    }

    Set<Long> fileIds() {
        return pending.values().stream().map(Intent::fileId).collect(Collectors.toSet());
    }

    List<Intent> leftBehind() {
        var all = new ArrayList<>(leftBehind.values());
        all.sort((a, b) -> a.generation().compareTo(b.generation()));
        return all;
    }

    boolean isPending(ObjectKey key) {
        return pending.keySet().stream().anyMatch(id -> id.key.equals(key));
    }

    void save(Intent intent) {
        if (!intent.delete()) {
            disk.checkSpace();
        }
        disk.entries.write(
                new Batch()
                        .put(
                                Column.INTENTS,
                                IndexKeys.intent(intent.key(), intent.generation()),
                                IntentCodec.encode(intent)),
                true);
        pending.put(idOf(intent), intent);
        disk.intended.add(intent.fileId());
    }

    void drop(Intent intent) {
        disk.entries.write(
                new Batch().delete(Column.INTENTS, IndexKeys.intent(intent.key(), intent.generation())), true);
        ended(idOf(intent));
        files.replaced(List.of(intent.fileId()), true);
    }

    void forgetCommitted(Change change, Batch batch) {
        Generation generation = reservedBy(change);
        if (generation != null) {
            batch.delete(Column.INTENTS, IndexKeys.intent(change.key(), generation));
        }
    }

    void committed(Change change, SimBody body) {
        Generation generation = reservedBy(change);
        Intent intent = generation == null ? null : ended(new Id(change.key(), generation));
        if (intent != null && (body == null || body.id() != intent.fileId())) {
            files.replaced(List.of(intent.fileId()), true);
        }
    }

    private Intent ended(Id id) {
        leftBehind.remove(id);
        Intent intent = pending.remove(id);
        if (intent != null) {
            disk.intended.remove(intent.fileId());
        }
        return intent;
    }

    private static Id idOf(Intent intent) {
        return new Id(intent.key(), intent.generation());
    }

    private static Generation reservedBy(Change change) {
        return switch (change) {
            case Change.Put put -> put.reserved();
            case Change.Delete delete -> delete.reserved();
            default -> null;
        };
    }
}
