package dev.landfall.targets;

import dev.landfall.model.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions a mountpath holds, as its index says: the one truth about that. A hand-over from A to B is three synced writes: B is
 * {@code READY}, A has {@code GIVEN} (from here on B holds the partition, whatever happens), B is {@code OWNED}.
 */
final class Holdings {
    enum State {
        NONE,
        OWNED,
        /** A copy is being made, to be thrown away if it is interrupted. */
        INCOMING,
        /** The copy is complete: it counts if the peer has given the partition to this mountpath. */
        READY,
        /** The peer holds it; what is left of it here is to be removed. */
        GIVEN
    }

    /**
     * @param peer number of the other mountpath of a hand-over; -1 for none
     * @param tenure grows with each hand-over of the partition
     */
    record Holding(State state, int peer, long tenure) {
        static final Holding NONE = new Holding(State.NONE, -1, 0);
        static final Holding FIRST = new Holding(State.OWNED, -1, 0);
    }

    /** In {@code holdings.json}. */
    record Kept(Map<Integer, Holding> holdings) {}

    private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);
    private static final String FILE = "holdings.json";

    private final Index index;
    private final Identity identity;
    private final Path root;

    Holdings(Path root, Index index, Identity identity) {
        this.root = root;
        this.index = index;
        this.identity = identity;
    }

    Holding of(int partition) {
        byte[] value = index.get(Column.META, key(partition));
        if (value == null) {
            return identity.heldAtFirst(partition) ? Holding.FIRST : Holding.NONE;
        }
        ByteBuffer numbers = IndexKeys.numbersOf(value, "The holding of partition " + partition);
        return new Holding(
                State.values()[Math.toIntExact(numbers.getLong())],
                Math.toIntExact(numbers.getLong()),
                numbers.getLong());
    }

    void set(int partition, Holding holding) {
        index.write(stage(new Batch(), partition, holding), true);
        if (holding.state() == State.OWNED || holding.state() == State.GIVEN || holding.state() == State.NONE) {
            remember(partition, holding);
        }
    }

    /** For the day on which the index is lost. It may be a step behind: then the tenures tell. */
    private void remember(int partition, Holding holding) {
        try {
            Map<Integer, Holding> all = new TreeMap<>(remembered(root));
            all.put(partition, holding);
            Members.replace(root, FILE, Json.write(new Kept(all)), Disk.REAL);
        } catch (IOException e) {
            LOG.warn("{} does not remember which partitions it holds, should its index be lost", root, e);
        }
    }

    /** What has changed since the store was formed. */
    static Map<Integer, Holding> remembered(Path root) throws IOException {
        Path file = root.resolve(FILE);
        return Files.exists(file)
                ? Json.read(Files.readAllBytes(file), Kept.class).holdings()
                : Map.of();
    }

    static Batch stage(Batch batch, int partition, Holding holding) {
        return batch.put(
                Column.META,
                key(partition),
                IndexKeys.numbers(holding.state().ordinal(), holding.peer(), holding.tenure()));
    }

    private static byte[] key(int partition) {
        return IndexKeys.meta("partition/" + partition);
    }
}
