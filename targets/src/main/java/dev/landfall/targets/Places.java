package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.Holdings.Holding;
import dev.landfall.targets.Holdings.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Which mountpath holds which partition now, and which partitions are on their way to another one. */
final class Places {
    private enum Gate {
        OPEN,
        /** Nothing new may begin; what has begun may end. */
        CLOSING,
        CLOSED
    }

    private final AtomicReferenceArray<@Nullable Mountpath> holders;
    private final AtomicReferenceArray<Gate> gates;
    /** Mountpaths that could not be opened, and why. */
    private final Map<Path, String> absent = new ConcurrentHashMap<>();

    Places(int partitions) {
        holders = new AtomicReferenceArray<>(partitions);
        gates = new AtomicReferenceArray<>(partitions);
        for (int p = 0; p < partitions; p++) {
            gates.set(p, Gate.OPEN);
        }
    }

    int partitions() {
        return holders.length();
    }

    /** Finds out who holds what at start, and ends hand-overs that were decided. */
    void resolve(List<Mountpath> mountpaths) {
        for (int p = 0; p < holders.length(); p++) {
            holders.set(p, holderAtStart(mountpaths, p));
        }
    }

    private static @Nullable Mountpath holderAtStart(List<Mountpath> mountpaths, int partition) {
        Mountpath holder = null;
        long tenure = -1;
        for (Mountpath mountpath : mountpaths) {
            Holding holding = mountpath.holdings().of(partition);
            if (holding.state() == State.OWNED && holding.tenure() > tenure) {
                holder = mountpath;
                tenure = holding.tenure();
            }
        }
        for (Mountpath giver : mountpaths) {
            Holding given = giver.holdings().of(partition);
            if (given.state() != State.GIVEN || given.tenure() <= tenure) {
                continue;
            }
            for (Mountpath taker : mountpaths) {
                Holding ready = taker.holdings().of(partition);
                if (taker.number() == given.peer()
                        && ready.state() == State.READY
                        && ready.tenure() == given.tenure()) {
                    taker.holdings().set(partition, new Holding(State.OWNED, -1, ready.tenure()));
                    return taker;
                }
            }
            // Whoever holds it now is not here; an older owner does not any more.
            return null;
        }
        return holder;
    }

    @Nullable
    Mountpath holder(int partition) {
        return holders.get(partition);
    }

    /** @throws LandfallException {@code MOUNTPATH_FENCED} when its mountpath could not be opened */
    Mountpath of(int partition) {
        Mountpath holder = holders.get(partition);
        if (holder == null) {
            throw new LandfallException(
                    ErrorCode.MOUNTPATH_FENCED,
                    "Partition " + partition + " is on a mountpath that is not there"
                            + (absent.isEmpty() ? ": list all mountpaths of the store" : ": " + absent));
        }
        return holder;
    }

    boolean holds(Mountpath mountpath, int partition) {
        return holders.get(partition) == mountpath;
    }

    List<Integer> heldBy(@Nullable Mountpath mountpath) {
        var held = new ArrayList<Integer>();
        for (int p = 0; p < holders.length(); p++) {
            if (holders.get(p) == mountpath) {
                held.add(p);
            }
        }
        return held;
    }

    void put(int partition, Mountpath mountpath) {
        holders.set(partition, mountpath);
    }

    Map<Path, String> absent() {
        return absent;
    }

    /** @throws LandfallException {@code BUSY} when a change must not begin now */
    void checkBegin(int partition) {
        if (gates.get(partition) != Gate.OPEN) {
            throw moving(partition);
        }
    }

    /** @throws LandfallException {@code BUSY} when the partition has moved, or is moving in this moment */
    void checkCommit(Mountpath mountpath, int partition) {
        if (!holds(mountpath, partition) || gates.get(partition) == Gate.CLOSED) {
            throw moving(partition);
        }
    }

    void open(int partition) {
        gates.set(partition, Gate.OPEN);
    }

    void beginClosing(int partition) {
        gates.set(partition, Gate.CLOSING);
    }

    void close(int partition) {
        gates.set(partition, Gate.CLOSED);
    }

    static LandfallException moving(int partition) {
        return new LandfallException(
                ErrorCode.BUSY,
                "Partition " + partition + " is moving to another disk of its node; send the request again",
                null,
                Duration.ofSeconds(1));
    }
}
