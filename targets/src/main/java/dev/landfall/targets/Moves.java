package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.Holdings.Holding;
import dev.landfall.targets.Holdings.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that moves partitions between the mountpaths of a store. Its plan is in the indexes: a partition that is {@code INCOMING} or
 * {@code READY} where it is not held is still to be moved there.
 */
final class Moves implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Moves.class);
    private static final long PAUSE_MILLIS = 1000;

    private final Places places;
    private final List<Mountpath> mountpaths;
    /** Ends a drain: called when a mountpath that is to go holds nothing any more. */
    private final Consumer<Mountpath> drained;

    private final Consumer<MovePlan.Step> arrived;
    private final Object handOver;
    private final Deque<MovePlan.Step> plan = new ArrayDeque<>();
    private final Set<Mountpath> draining = new HashSet<>();
    private final Map<Mountpath, AtomicLong> bytes = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param handOver locked while a partition changes hands
     * @param arrived called then, with the partition at its new place
     */
    Moves(
            Places places,
            List<Mountpath> mountpaths,
            Object handOver,
            Consumer<MovePlan.Step> arrived,
            Consumer<Mountpath> drained) {
        this.places = places;
        this.mountpaths = mountpaths;
        this.handOver = handOver;
        this.arrived = arrived;
        this.drained = drained;
        thread = Thread.ofPlatform().name("landfall-moves").daemon().unstarted(this::run);
    }

    static LandfallException cancelled() {
        return LandfallException.of(ErrorCode.SHUTTING_DOWN);
    }

    /** Goes on with what the last run left. */
    void start() {
        synchronized (this) {
            for (Mountpath mountpath : mountpaths) {
                if (mountpath.isDraining()) {
                    draining.add(mountpath);
                }
            }
            for (int p = 0; p < places.partitions(); p++) {
                Mountpath holder = places.holder(p);
                if (holder == null) {
                    // What is left of it may be all there is.
                    continue;
                }
                for (Mountpath mountpath : mountpaths) {
                    State state = mountpath == holder
                            ? State.OWNED
                            : mountpath.holdings().of(p).state();
                    boolean unfinished = state == State.INCOMING || state == State.READY;
                    if (unfinished && draining.contains(mountpath)) {
                        plan.addFirst(new MovePlan.Step(p, mountpath, mountpath));
                    } else if (unfinished) {
                        plan.add(new MovePlan.Step(p, holder, mountpath));
                    } else if (state == State.GIVEN) {
                        // Nothing to copy: what is left is removed.
                        plan.addFirst(new MovePlan.Step(p, mountpath, mountpath));
                    }
                }
            }
            draining.forEach(this::planRest);
        }
        thread.start();
    }

    /** A crash may have come before the plan of a drain was written. */
    private void planRest(Mountpath drain) {
        List<Mountpath> others =
                mountpaths.stream().filter(each -> !draining.contains(each)).toList();
        if (!others.isEmpty()) {
            add(
                    MovePlan.drain(places, others, drain, Set.of()).stream()
                            .filter(step -> plan.stream()
                                    .noneMatch(each -> each.from() == drain && each.partition() == step.partition()))
                            .toList(),
                    null);
        }
    }

    /** Writes the plan down, then begins with it. */
    synchronized void add(List<MovePlan.Step> steps, @Nullable Mountpath drain) {
        var batches = new HashMap<Mountpath, Batch>();
        for (MovePlan.Step step : steps) {
            long tenure = step.from().holdings().of(step.partition()).tenure() + 1;
            Holdings.stage(
                    batches.computeIfAbsent(step.to(), m -> new Batch()),
                    step.partition(),
                    new Holding(State.INCOMING, step.from().number(), tenure));
        }
        batches.forEach((mountpath, batch) -> mountpath.index().write(batch, true));
        if (drain != null) {
            draining.add(drain);
            plan.removeIf(step -> step.to() == drain && step.from() != drain);
        }
        plan.addAll(steps);
        notifyAll();
    }

    synchronized boolean isDraining(Mountpath mountpath) {
        return draining.contains(mountpath);
    }

    synchronized int coming(Mountpath mountpath) {
        return (int) plan.stream()
                .filter(step -> step.to() == mountpath && step.from() != mountpath)
                .count();
    }

    synchronized AtomicLong bytes(Mountpath from) {
        return bytes.computeIfAbsent(from, m -> new AtomicLong());
    }

    private void run() {
        while (!closed) {
            MovePlan.Step step;
            List<Mountpath> done = new ArrayList<>();
            synchronized (this) {
                step = plan.peek();
                for (Mountpath mountpath : draining) {
                    if (places.heldBy(mountpath).isEmpty()
                            && plan.stream().noneMatch(each -> each.from() == mountpath)) {
                        done.add(mountpath);
                    }
                }
            }
            if (!done.isEmpty()) {
                end(done);
            } else if (step == null) {
                pause(0);
            } else if (take(step)) {
                synchronized (this) {
                    plan.remove(step);
                }
            } else {
                synchronized (this) {
                    // Others first; this one again after a while.
                    plan.remove(step);
                    plan.addLast(step);
                }
                pause(PAUSE_MILLIS);
            }
        }
    }

    private boolean take(MovePlan.Step step) {
        Move move = null;
        try {
            if (step.from() == step.to()) {
                if (!places.holds(step.from(), step.partition())) {
                    removeLeftover(step.partition(), step.from());
                }
            } else if (places.holds(step.from(), step.partition())) {
                move = new Move(step.partition(), step.from(), step.to(), bytes(step.from()), () -> closed);
                move.run(handOver -> {
                    synchronized (this.handOver) {
                        handOver.run();
                        arrived.accept(step);
                    }
                });
                LOG.info(
                        "Partition {} moved from {} to {}",
                        step.partition(),
                        step.from().root(),
                        step.to().root());
            } else if (!places.holds(step.to(), step.partition())) {
                // It went somewhere else meanwhile.
                removeLeftover(step.partition(), step.to());
            }
            return true;
        } catch (LandfallException e) {
            if (!closed) {
                LOG.warn("Partition {} could not be moved yet: {}", step.partition(), e.getMessage());
            }
            return isOver(step, move);
        } catch (RuntimeException e) {
            LOG.error("Partition {} could not be moved", step.partition(), e);
            return isOver(step, move);
        }
    }

    /**
     * Whether a move that failed must not be tried again before the next start: it has handed over, and what is left is removed then; or
     * nobody knows whether it has, and the copy may be all that there is.
     */
    private boolean isOver(MovePlan.Step step, @Nullable Move move) {
        return move != null && move.given() || places.holds(step.to(), step.partition());
    }

    private void removeLeftover(int partition, Mountpath mountpath) {
        new Removal(mountpath, partition, () -> closed).run();
        Holding given = mountpath.holdings().of(partition);
        mountpath.holdings().set(partition, new Holding(State.NONE, given.peer(), given.tenure()));
    }

    private void end(List<Mountpath> done) {
        for (Mountpath mountpath : done) {
            try {
                drained.accept(mountpath);
                synchronized (this) {
                    draining.remove(mountpath);
                }
            } catch (RuntimeException e) {
                LOG.error("The drain of {} could not be ended; it is tried again", mountpath.root(), e);
                pause(PAUSE_MILLIS);
            }
        }
    }

    private synchronized void pause(long millis) {
        try {
            if (!closed && (millis > 0 || plan.isEmpty())) {
                wait(millis);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
