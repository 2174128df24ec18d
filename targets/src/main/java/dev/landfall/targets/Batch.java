package dev.landfall.targets;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of the index that happen together. Plain Java until it is written, so that it can be built while the index closes. */
final class Batch {
    /** @param value null to delete */
    record Op(Column column, byte[] key, byte @Nullable [] value) {}

    private final List<Op> ops = new ArrayList<>();

    Batch put(Column column, byte[] key, byte[] value) {
        ops.add(new Op(column, key, value));
        return this;
    }

    Batch delete(Column column, byte[] key) {
        ops.add(new Op(column, key, null));
        return this;
    }

    List<Op> ops() {
        return ops;
    }

    boolean isEmpty() {
        return ops.isEmpty();
    }

    int size() {
        return ops.size();
    }

    /** Takes back everything after the first {@code size} operations. */
    void cutTo(int size) {
        ops.subList(size, ops.size()).clear();
    }
}
