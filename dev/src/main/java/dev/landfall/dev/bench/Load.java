package dev.landfall.dev.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends requests from a number of platform threads, each with connections of its own, until the time is over or the total is reached.
 *
 * @param total requests; 0 for as many as the time allows
 * @param rate requests a second of all workers together; 0 for as fast as the replies come
 */
record Load(int workers, Duration duration, long total, double rate) {
    private static final long MOST_NANOS = Duration.ofMinutes(1).toNanos();

    /** What a worker does over and over. */
    interface Worker extends AutoCloseable {
        /** @param index of the request, counted per worker */
        void run(long index) throws IOException;

        @Override
        void close();
    }

    /** Opens a worker's connections. */
    interface Hiring {
        Worker hire(int worker) throws IOException;
    }

    private record Share(long operations, Histogram latencies, double cpu, long began, long ended) {}

    /** @throws IllegalStateException when a request failed: a leg with errors is no measurement */
    Leg run(String side, String operation, int size, boolean sameProcess, Hiring hiring) {
        var left = new AtomicLong(total == 0 ? Long.MAX_VALUE : total);
        var ready = new CyclicBarrier(workers);
        double before = processCpu();
        List<Share> shares = new ArrayList<>();
        try (var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().daemon().name("bench-", 0).factory())) {
            List<Future<Share>> futures = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                int worker = i;
                futures.add(threads.submit(() -> work(worker, hiring, ready, left)));
            }
            for (Future<Share> future : futures) {
                shares.add(future.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(operation + " at " + side + " failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
        double used = processCpu() - before;
        var all = new Histogram(MOST_NANOS, 3);
        shares.forEach(share -> all.add(share.latencies));
        double client = shares.stream().mapToDouble(Share::cpu).sum();
        long began = shares.stream().mapToLong(Share::began).min().orElseThrow();
        long ended = shares.stream().mapToLong(Share::ended).max().orElseThrow();
        long operations = shares.stream().mapToLong(Share::operations).sum();
        return new Leg(
                side,
                operation,
                size,
                operations,
                (ended - began) / 1e9,
                all,
                client,
                sameProcess ? Math.max(0, used - client) : -1);
    }

    private Share work(int number, Hiring hiring, CyclicBarrier ready, AtomicLong left) throws Exception {
        var latencies = new Histogram(MOST_NANOS, 3);
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        try (Worker worker = hire(number, hiring, ready)) {
            ready.await();
            long began = System.nanoTime();
            long end = began + duration.toNanos();
            long gap = rate == 0 ? 0 : (long) (1e9 * workers / rate);
            long done = 0;
            long now = began;
            while (now - end < 0 && left.getAndDecrement() > 0) {
                long due = now;
                if (gap > 0) {
                    due = began + done * gap + gap * number / workers;
                    while ((now = System.nanoTime()) - due < 0) {
                        LockSupport.parkNanos(due - now);
                    }
                }
                worker.run(done++);
                now = System.nanoTime();
                latencies.recordValue(Math.min(MOST_NANOS, Math.max(0, now - due)));
            }
            long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
            return new Share(done, latencies, used / 1e9, began, now);
        }
    }

    private static Worker hire(int number, Hiring hiring, CyclicBarrier ready) throws IOException {
        try {
            return hiring.hire(number);
        } catch (IOException | RuntimeException e) {
            ready.reset(); // or the others would wait for this one for ever
            throw e;
        }
    }

    private static double processCpu() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime() / 1e9
                : 0;
    }
}
