package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * A process in the simulation: its threads are virtual threads that the loop schedules, its clock is the loop's. Killed, its threads never
 * run again, wherever they were; frozen, they stand still while the rest of the world goes on.
 */
final class SimProcess implements Executor, TimeSource {
    static final String NAME = "sim";
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Constructor<?> BUILDER = builder();

    private final SimLoop loop;
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Runnable> thawed = new ArrayList<>();
    private boolean dead;
    private boolean frozen;
    /** What the wall clock is ahead of the truth. */
    Duration wallOffset;

    private static final class Waiter {
        final Thread thread;
        final Semaphore permits;
        boolean woken;

        Waiter(Thread thread, Semaphore permits) {
            this.thread = thread;
            this.permits = permits;
        }
    }

    SimProcess(SimLoop loop, Duration wallOffset) {
        this.loop = loop;
        this.wallOffset = wallOffset;
    }

    /** Starts a thread; those that it starts itself belong to the process too. */
    void start(Runnable body) {
        try {
            ((Thread.Builder.OfVirtual) BUILDER.newInstance(this))
                    .name(NAME)
                    .uncaughtExceptionHandler((thread, e) -> loop.fail(e))
                    .start(body);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    void kill() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    /** As a long garbage collection does. */
    void freeze(long nanos) {
        frozen = true;
        loop.at(nanos, () -> {
            frozen = false;
            thawed.forEach(continuation -> loop.submit(this, continuation));
            thawed.clear();
        });
    }

    @Override
    public void execute(Runnable continuation) {
        if (!dead) {
            loop.submit(this, continuation);
        }
    }

    /** Called by the loop. */
    void run(Runnable continuation) {
        if (dead) {
            return;
        }
        if (frozen) {
            thawed.add(continuation);
            return;
        }
        continuation.run();
        for (Waiter waiter : waiters) {
            if (!waiter.woken && waiter.permits.availablePermits() > 0) {
                waiter.woken = true;
                LockSupport.unpark(waiter.thread);
            }
        }
    }

    @Override
    public long nanos() {
        return loop.nanos;
    }

    @Override
    public Instant now() {
        return START.plusNanos(loop.nanos).plus(wallOffset);
    }

    @Override
    public void sleep(Duration duration) {
        long end = loop.nanos + duration.toNanos();
        alarm(duration);
        while (loop.nanos < end && !Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    @Override
    public boolean acquire(Semaphore permits, Duration atMost) throws InterruptedException {
        long end = loop.nanos + atMost.toNanos();
        if (permits.tryAcquire()) {
            return true;
        }
        alarm(atMost);
        var waiter = new Waiter(Thread.currentThread(), permits);
        waiters.add(waiter);
        try {
            while (!permits.tryAcquire()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (loop.nanos >= end) {
                    return false;
                }
                waiter.woken = false;
                LockSupport.park();
            }
            return true;
        } finally {
            waiters.remove(waiter);
        }
    }

    @Override
    public boolean await(CompletableFuture<?> future, Duration atMost) throws InterruptedException {
        long end = loop.nanos + atMost.toNanos();
        Thread self = Thread.currentThread();
        future.whenComplete((result, e) -> LockSupport.unpark(self));
        alarm(atMost);
        while (!future.isDone()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (loop.nanos >= end) {
                return false;
            }
            LockSupport.park();
        }
        return true;
    }

    private void alarm(Duration after) {
        Thread self = Thread.currentThread();
        loop.at(after.toNanos(), () -> {
            if (!dead) {
                LockSupport.unpark(self);
            }
        });
    }

    /** The JDK's own tests choose the scheduler of virtual threads in this way; there is no public one. */
    private static Constructor<?> builder() {
        try {
            Constructor<?> constructor = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException("The simulation needs --add-opens java.base/java.lang=ALL-UNNAMED", e);
        }
    }
}
