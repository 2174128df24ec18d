package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import java.util.Set;

/** Which partitions the node owns. */
final class Assignment {
    private final int partitions;
    private volatile Set<Integer> assigned = Set.of();

    Assignment(int partitions) {
        this.partitions = partitions;
    }

    void set(Set<Integer> newlyAssigned) {
        assigned = Set.copyOf(newlyAssigned);
    }

    Set<Integer> get() {
        return assigned;
    }

    int partitionOf(ObjectKey key) {
        return Partitions.of(key, partitions);
    }

    /** @throws LandfallException {@link ErrorCode#NOT_OWNER} */
    void check(int partition) {
        if (!assigned.contains(partition)) {
            throw new LandfallException(ErrorCode.NOT_OWNER, "This node does not own partition " + partition);
        }
    }
}
