package dev.landfall.targets;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.targets.Holdings.Holding;
import dev.landfall.targets.Holdings.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands one partition over to another mountpath of the store. Everything is copied while reads and writes go on, then what has changed
 * meanwhile, and only for the last of it writes are refused. Until the old mountpath's index says that the partition is given away, it is
 * the holder, and an unfinished copy is thrown away; from there on the new one is, whatever happens.
 */
final class Move {
    private static final Logger LOG = LoggerFactory.getLogger(Move.class);
    private static final int CHUNK = 256;
    /** So few changed keys are left for the time in which writes are refused. */
    private static final int FEW = 100;

    private static final int ROUNDS = 20;
    private static final long IDLE_NANOS = 10_000_000_000L;

    private final int partition;
    private final Mountpath from;
    private final Mountpath to;
    private final Places places;
    private final AtomicLong bytes;
    private final BooleanSupplier cancelled;
    /** Whether the last step may have been taken. */
    private boolean given;

    /** @param bytes grows with what was copied */
    Move(int partition, Mountpath from, Mountpath to, AtomicLong bytes, BooleanSupplier cancelled) {
        this.partition = partition;
        this.from = from;
        this.to = to;
        this.places = from.places();
        this.bytes = bytes;
        this.cancelled = cancelled;
    }

    /**
     * @param moved called with the final step: makes the new mountpath the one that is asked
     * @throws LandfallException {@code BUSY} when the partition had no quiet moment: try again later
     */
    void run(Consumer<Runnable> moved) {
        long tenure = from.holdings().of(partition).tenure() + 1;
        new Removal(to, partition, cancelled).run();
        to.holdings().set(partition, new Holding(State.INCOMING, from.number(), tenure));
        from.watch().begin(partition);
        try {
            copyAll();
            for (int round = 0; from.watch().size(partition) > FEW && round < ROUNDS; round++) {
                copy(from.watch().take(partition));
            }
            to.janitor().tidy();
            places.beginClosing(partition);
            // Who was past the gate before it began to close may be about to write an intent.
            places.awaitBegun();
            awaitIdle();
            places.close(partition);
            barrier();
            copy(from.watch().take(partition));
            to.janitor().tidy();
            new MoveState(partition, from, to, this::copyFile).copy();
            moved.accept(() -> handOver(tenure));
        } finally {
            from.watch().end(partition);
            // When it is not known whether it was given away, only a start can tell.
            if (!given || places.holds(to, partition)) {
                places.open(partition);
            }
            if (!given) {
                from.counters().forget(partition);
            }
        }
        new Removal(from, partition, cancelled).run();
        from.holdings().set(partition, new Holding(State.NONE, to.number(), tenure));
    }

    /** Whether the partition may have been given away: then only a start can tell who holds it. */
    boolean given() {
        return given;
    }

    private void handOver(long tenure) {
        to.holdings().set(partition, new Holding(State.READY, from.number(), tenure));
        given = true;
        from.holdings().set(partition, new Holding(State.GIVEN, to.number(), tenure));
        to.counters().forget(partition);
        to.uploads().adopt(partition);
        places.put(partition, to);
        to.holdings().set(partition, new Holding(State.OWNED, -1, tenure));
    }

    private void copyAll() {
        byte[] after = new byte[0];
        while (true) {
            List<ObjectRecord> page = Removal.page(from, after, partition, CHUNK);
            copy(page.stream().map(ObjectRecord::key).toList());
            if (page.size() < CHUNK) {
                return;
            }
            byte[] last = page.getLast().key().toBytes();
            after = java.util.Arrays.copyOf(last, last.length + 1);
        }
    }

    private void copy(Collection<ObjectKey> keys) {
        var batch = new Batch();
        var befores = new ArrayList<@Nullable ObjectRecord>();
        var afters = new ArrayList<@Nullable ObjectRecord>();
        var files = new ArrayList<DataBody>();
        boolean written = false;
        try {
            for (ObjectKey key : keys) {
                if (cancelled.getAsBoolean()) {
                    throw Moves.cancelled();
                }
                ObjectRecord before = to.find(key);
                ObjectRecord source = from.find(key);
                ObjectRecord after = source == null ? null : copied(source, before, files);
                if (before != null || after != null) {
                    Stager.stage(
                            batch,
                            partition,
                            key,
                            before,
                            new Decision.Write(after, null, tombstone(source), false, false));
                    befores.add(before);
                    afters.add(after);
                }
            }
            if (!batch.isEmpty()) {
                written = true;
                to.index().write(batch, false);
            }
        } catch (RuntimeException e) {
            for (DataBody body : files) {
                if (written) {
                    body.abandon();
                } else {
                    body.discard();
                }
            }
            throw e;
        }
        for (DataBody body : files) {
            body.committed();
            to.unsynced().committed(body.fileId());
        }
        to.journal()
                .note(
                        afters.stream().filter(java.util.Objects::nonNull).toList(),
                        to.ids().currentBlock());
        var replaced = new ArrayList<Long>();
        for (int i = 0; i < befores.size(); i++) {
            to.tally().change(partition, befores.get(i), afters.get(i));
            replaced.addAll(Stager.replaced(befores.get(i), afters.get(i)));
        }
        to.garbage().replaced(replaced, false);
    }

    private ObjectRecord copied(ObjectRecord source, @Nullable ObjectRecord before, List<DataBody> files) {
        if (before != null && before.generation().equals(source.generation()) && sameData(before, source)) {
            return source.withFiles(before.files());
        }
        var copies = new ArrayList<DataFile>();
        for (DataFile file : source.files()) {
            copies.add(copyFile(source.key(), file, files));
        }
        return source.withFiles(copies);
    }

    /** A cold fill replaces the files of a generation by others with the same content. */
    private boolean sameData(ObjectRecord before, ObjectRecord source) {
        return before.size() == source.size()
                && before.crc32c() == source.crc32c()
                && before.files().stream()
                        .allMatch(file -> Files.exists(to.files().pathOf(file.id())));
    }

    /** Copies one file. Damaged data stay what they are: set aside on the new mountpath, too. */
    private DataFile copyFile(ObjectKey key, DataFile file, List<DataBody> files) {
        Path source = from.files().pathOf(file.id());
        Path damaged = from.files().quarantined(file.id());
        from.presence().check();
        if (!Files.exists(source) && !Files.exists(damaged)) {
            long missing = to.ids().take();
            to.ids().settled(missing);
            return new DataFile(missing, file.length(), file.crc32c());
        }
        DataBody body = to.newBody(file.length());
        boolean copied = false;
        try {
            body.copyFrom(Files.exists(source) ? source : damaged);
            body.claim();
            body.seal(false);
            copied = true;
        } finally {
            if (!copied) {
                body.discard();
            }
        }
        bytes.addAndGet(body.length());
        if (body.length() != file.length() || body.crc32c() != file.crc32c()) {
            to.files().quarantine(body.fileId(), key.toString());
        }
        files.add(body);
        return new DataFile(body.fileId(), file.length(), file.crc32c());
    }

    private long tombstone(@Nullable ObjectRecord source) {
        if (source == null || !source.tombstone()) {
            return 0;
        }
        byte[] value = from.index()
                .get(Column.TOMBSTONES, IndexKeys.tombstone(source.modified().toEpochMilli(), source.key()));
        return value == null ? 0 : IndexKeys.numbersOf(value, "A tombstone").getLong();
    }

    /** Waits for what must not be interrupted: changes that S3 may have, and uploads that are being completed. */
    private void awaitIdle() {
        long end = System.nanoTime() + IDLE_NANOS;
        while (from.intents().isPending(partition, places.partitions())
                || from.uploads().isCompleting(partition)) {
            if (System.nanoTime() - end >= 0 || cancelled.getAsBoolean()) {
                LOG.info("Partition {} has changes that S3 has not answered; its move is tried again", partition);
                throw LandfallException.of(ErrorCode.BUSY);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    /** What was let through before the gate closed is in the index when this returns. */
    private void barrier() {
        places.awaitBegun();
        var future = new CompletableFuture<CommitResult>();
        from.submit(new Work.Barrier(future));
        future.join();
    }
}
