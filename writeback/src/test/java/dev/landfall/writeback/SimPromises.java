package dev.landfall.writeback;

import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was promised in a run, and whether it is kept. Told of commits, answers and events as they happen. */
final class SimPromises {
    static final String TOMBSTONE = "(deleted)";

    private final Map<ObjectKey, TreeMap<Generation, String>> commits = new HashMap<>();
    /** The newest generation that a client knows of: nothing older may be seen from then on. */
    private final Map<ObjectKey, Generation> floors = new HashMap<>();
    /** Bodies that certainly were not stored. */
    private final Set<String> refused = new HashSet<>();
    /** Changes that must have their event. */
    private final Set<String> owed = new HashSet<>();

    private final Map<ObjectKey, Generation> lastEvent = new HashMap<>();
    private final Set<String> delivered = new HashSet<>();
    /** Keys that somebody else has written to behind our back since their last change. */
    final Set<ObjectKey> foreign = new LinkedHashSet<>();

    long changes;

    /** @param content {@link #TOMBSTONE} for a delete */
    void committed(ObjectRecord record, String content) {
        var ofKey = commits.computeIfAbsent(record.key(), key -> new TreeMap<>());
        String known = ofKey.get(record.generation());
        if (known != null) {
            require(
                    known.equals(content),
                    record.key() + " " + record.generation() + " was '" + known + "' and is now '" + content
                            + "': the generation was used twice");
            return;
        }
        require(
                ofKey.isEmpty() || record.generation().isAfter(ofKey.lastKey()),
                record.key() + " went back from generation " + (ofKey.isEmpty() ? "" : ofKey.lastKey()) + " to "
                        + record.generation());
        require(!refused.contains(content), "'" + content + "' was refused and is stored all the same");
        ofKey.put(record.generation(), content);
        changes++;
    }

    /** A change that Kafka has to hear of. */
    void owes(ObjectRecord record) {
        owed.add(id(record.tombstone() ? EventType.DELETE : EventType.PUT, record.key(), record.generation()));
    }

    void acknowledged(ObjectKey key, Generation generation, String content) {
        String known = of(key).get(generation);
        require(
                content.equals(known),
                key + " " + generation + " was acknowledged as '" + content + "' and is " + known);
        raise(key, generation);
    }

    void refused(String content) {
        refused.add(content);
        commits.forEach((key, all) ->
                require(!all.containsValue(content), "'" + content + "' was refused, and is stored as " + key));
    }

    boolean wasRefused(String content) {
        return refused.contains(content);
    }

    Generation floor(ObjectKey key) {
        return floors.getOrDefault(key, new Generation(0));
    }

    void raise(ObjectKey key, Generation generation) {
        if (generation.isAfter(floor(key))) {
            floors.put(key, generation);
        }
    }

    /** Whether what was read is a version that was current at or after the floor. */
    void read(ObjectKey key, Generation generation, String content, Generation floorBefore) {
        require(
                content.equals(of(key).get(generation)),
                key + " " + generation + " is read as '" + content + "' and was stored as '" + of(key).get(generation)
                        + "'");
        require(
                !floorBefore.isAfter(generation),
                key + " is read as " + generation + ", and " + floorBefore + " was acknowledged before");
    }

    /** Content that came from S3 without a generation. */
    boolean wasEver(ObjectKey key, String content) {
        return of(key).containsValue(content);
    }

    /** After a start, and at the end. */
    void holds(ObjectKey key, ObjectRecord record) {
        Generation floor = floor(key);
        require(
                floor.value() == 0 || record != null && !floor.isAfter(record.generation()) || isReaped(key, record),
                key + " is " + (record == null ? "gone" : record.generation() + " again") + ", and " + floor
                        + " was acknowledged");
    }

    private boolean isReaped(ObjectKey key, ObjectRecord record) {
        var all = of(key);
        return record == null && !all.isEmpty() && all.lastEntry().getValue().equals(TOMBSTONE);
    }

    void event(ObjectEvent event) {
        if (event.type() != EventType.PUT && event.type() != EventType.DELETE) {
            return;
        }
        String content = of(event.key()).get(event.generation());
        require(
                content != null && content.equals(TOMBSTONE) == (event.type() == EventType.DELETE),
                "there is an event " + id(event) + ", and no such change: " + content);
        if (delivered.add(id(event))) {
            Generation last = lastEvent.put(event.key(), event.generation());
            require(last == null || event.generation().isAfter(last), id(event) + " comes after " + last);
        }
    }

    void allDelivered() {
        List<String> missing = new ArrayList<>(owed);
        missing.removeAll(delivered);
        require(missing.isEmpty(), "Kafka never heard of " + missing);
    }

    private TreeMap<Generation, String> of(ObjectKey key) {
        return commits.getOrDefault(key, new TreeMap<>());
    }

    private static String id(ObjectEvent event) {
        return id(event.type(), event.key(), event.generation());
    }

    private static String id(EventType type, ObjectKey key, Generation generation) {
        return type + " " + key + " " + generation;
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new SimViolation(otherwise);
        }
    }
}
