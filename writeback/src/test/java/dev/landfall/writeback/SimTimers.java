package dev.landfall.writeback;

import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers in virtual time. Only what write-back uses of them; no thread is ever started. */
final class SimTimers extends ScheduledThreadPoolExecutor {
    private final SimLoop loop;
    private final SimProcess process;

    SimTimers(SimLoop loop, SimProcess process) {
        super(0);
        this.loop = loop;
        this.process = process;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        var timer = new Timer(command);
        loop.at(unit.toNanos(delay), () -> {
            if (!timer.isCancelled() && !process.isDead() && !isShutdown()) {
                process.start(timer);
            }
        });
        return timer;
    }

    @Override
    public void execute(Runnable command) {
        process.start(command);
    }

    private static final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
        Timer(Runnable command) {
            super(command, null);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }
}
