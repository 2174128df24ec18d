package dev.landfall.topology;

import dev.landfall.model.JobItem;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.placement.Cluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does this node's shares of jobs, a few at once. A share that a killed node had not finished goes on from
 * the cursor it reported last; one without a cursor is done again from its start.
 */
final class JobWorker implements WorkConsumer.Handler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobWorker.class);
    private static final int AT_ONCE = 4;
    private static final int MAX_QUEUED = 100;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

    /** Far longer than a view takes to show what an item tells of. */
    private static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(30);

    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);

    private final Topics topics;
    private final Cluster cluster;
    private final Publisher publisher;
    private final Map<String, JobKind> kinds;
    private final TimeSource time;
    private final Function<String, @Nullable Optional<JobProgress>> said;
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final AtomicInteger open = new AtomicInteger();
    private final Map<WorkConsumer.Ticket, Cancellation> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param said what this node has said last of its share of the job with this id; null while that is not known yet */
    JobWorker(
            Topics topics,
            Cluster cluster,
            Publisher publisher,
            Map<String, JobKind> kinds,
            TimeSource time,
            Function<String, @Nullable Optional<JobProgress>> said) {
        this.topics = topics;
        this.cluster = cluster;
        this.publisher = publisher;
        this.kinds = Map.copyOf(kinds);
        this.time = time;
        this.said = said;
    }

    @Override
    public boolean isFull() {
        return open.get() >= MAX_QUEUED;
    }

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record, WorkConsumer.Ticket ticket) {
        JobItem item;
        try {
            item = Json.read(record.value(), JobItem.class);
        } catch (RuntimeException e) {
            LOG.error("Passed over a record of {} that is not a job, at offset {}", record.topic(), record.offset(), e);
            ticket.finish();
            return;
        }
        if (!item.node().equals(cluster.nodeId())) {
            ticket.finish();
            return;
        }
        var lost = new Cancellation();
        running.put(ticket, lost);
        open.incrementAndGet();
        Thread.ofVirtual().name("landfall-job-" + item.job().id()).start(() -> {
            try {
                begin(item.job(), ticket, () -> closed || lost.isCancelled());
            } finally {
                open.decrementAndGet();
                running.remove(ticket);
            }
        });
    }

    private void begin(JobSpec job, WorkConsumer.Ticket ticket, BooleanSupplier givenUp) {
        if (!isWanted(job, ticket, givenUp)) {
            return;
        }
        slots.acquireUninterruptibly();
        try {
            Optional<JobProgress> last = said.apply(job.id());
            work(job, JobTally.after(last == null ? null : last.orElse(null)), ticket, givenUp);
        } finally {
            slots.release();
        }
    }

    /** A place that was lost shows old items again: what has ended, or nobody knows any more, is not done a second time. */
    private boolean isWanted(JobSpec job, WorkConsumer.Ticket ticket, BooleanSupplier givenUp) {
        Optional<JobProgress> last;
        while ((last = said.apply(job.id())) == null) {
            if (givenUp.getAsBoolean()) {
                return false;
            }
            time.sleep(LOOK_INTERVAL);
        }
        if (last.isPresent() && last.get().state() != JobState.RUNNING) {
            LOG.info("Passed over the job {}: this node has ended its share", job.id());
            ticket.finish();
            return false;
        }
        // The item and the job are written together, but read by two consumers.
        long unknown = 0;
        for (; !cluster.view().jobs().containsKey(job.id()); time.sleep(LOOK_INTERVAL)) {
            if (givenUp.getAsBoolean()) {
                return false;
            }
            unknown += cluster.connected() ? LOOK_INTERVAL.toMillis() : 0;
            if (unknown > UNKNOWN_LIMIT.toMillis()) {
                LOG.warn("Passed over the job {} ({}), which the cluster does not know any more", job.id(), job.kind());
                ticket.finish();
                return false;
            }
        }
        return true;
    }

    private void work(JobSpec job, JobTally tally, WorkConsumer.Ticket ticket, BooleanSupplier givenUp) {
        JobState state;
        if (givenUp.getAsBoolean()) {
            return;
        }
        report(tally.progress(job.id(), cluster.nodeId(), JobState.RUNNING, now()));
        var over = new Cancellation();
        Thread reporter = Thread.ofVirtual().start(() -> reportEverySecond(job, tally, over));
        try {
            JobKind kind = kinds.get(job.kind());
            if (isCancelled(job)) {
                LOG.info("The job {} was cancelled before it began here", job.id());
            } else if (kind == null) {
                tally.failed("This node knows no jobs of kind " + job.kind());
            } else {
                kind.run(job.args(), tally, () -> givenUp.getAsBoolean() || isCancelled(job));
            }
        } catch (RuntimeException | Error e) {
            tally.failed(String.valueOf(e.getMessage()));
            LOG.warn("The job {} ({}) failed on this node", job.id(), job.kind(), e);
        } finally {
            over.cancel();
            reporter.interrupt();
        }
        if (givenUp.getAsBoolean()) {
            return;
        }
        state = isCancelled(job) ? JobState.CANCELLED : tally.hasFailures() ? JobState.FAILED : JobState.DONE;
        try {
            reporter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (publisher.deliver(record(tally.progress(job.id(), cluster.nodeId(), state, now())), givenUp)) {
            ticket.finish();
        }
    }

    private void reportEverySecond(JobSpec job, JobTally tally, Cancellation over) {
        while (true) {
            time.sleep(REPORT_INTERVAL);
            if (over.isCancelled()) {
                return;
            }
            report(tally.progress(job.id(), cluster.nodeId(), JobState.RUNNING, now()));
        }
    }

    private boolean isCancelled(JobSpec job) {
        JobSpec known = cluster.view().jobs().get(job.id());
        return job.cancelled() || known != null && known.cancelled();
    }

    private String now() {
        return time.now().toString();
    }

    private void report(JobProgress progress) {
        publisher.offer(record(progress));
    }

    private ProducerRecord<byte[], byte[]> record(JobProgress progress) {
        var record = new ProducerRecord<>(
                topics.results(), progress.job().getBytes(StandardCharsets.UTF_8), Json.write(progress));
        record.headers().add(ItemWorker.KIND_HEADER, "job".getBytes(StandardCharsets.UTF_8));
        return record;
    }

    @Override
    public void lost(int partition) {
        running.forEach((ticket, lost) -> {
            if (ticket.partition() == partition) {
                lost.cancel();
            }
        });
    }

    /** Shares in progress stop at their next file; they are done again at the next start. */
    @Override
    public void close() {
        closed = true;
        long end = System.nanoTime() + Duration.ofMillis(1500).toNanos();
        while (open.get() > 0 && System.nanoTime() < end) {
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
    }
}
