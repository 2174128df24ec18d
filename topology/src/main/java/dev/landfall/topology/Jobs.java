package dev.landfall.topology;

import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobSpec;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.model.Topics;
import dev.landfall.placement.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs of the cluster as this node sees them, and its worker for its own shares. */
final class Jobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

    private final Topics topics;
    private final Clients clients;
    private final Cluster cluster;
    private final Publisher publisher;
    private final Map<String, JobKind> kinds;
    private final JobWorker worker;
    private final short replication;
    private volatile @Nullable JobBoard board;
    private volatile Set<Integer> owned = Set.of();
    private volatile boolean closed;
    private @Nullable WorkConsumer consumer;
    private @Nullable Thread starter;

    Jobs(
            Topics topics,
            Clients clients,
            Cluster cluster,
            Publisher publisher,
            Map<String, JobKind> kinds,
            TimeSource time,
            short replication) {
        this.topics = topics;
        this.clients = clients;
        this.cluster = cluster;
        this.publisher = publisher;
        this.kinds = Map.copyOf(kinds);
        this.worker = new JobWorker(topics, cluster, publisher, kinds, time, this::saidHere);
        this.replication = replication;
    }

    /** @throws LandfallException {@code INVALID_ARGUMENT} */
    JobKind kind(String name) {
        JobKind kind = kinds.get(name);
        if (kind == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "There are no jobs of kind \"" + name + "\"; the kinds are "
                            + String.join(", ", new TreeSet<>(kinds.keySet())));
        }
        return kind;
    }

    /** What this node has said of its share of a job; null while that is not known yet. */
    private @Nullable Optional<JobProgress> saidHere(String job) {
        JobBoard read = board;
        return read == null || !read.isCaughtUp() ? null : Optional.ofNullable(read.last(job, cluster.nodeId()));
    }

    Map<String, Object> status(JobSpec job) {
        return JobBoard.status(job, cluster.view(), board);
    }

    /** Returns at once; the first call starts the worker in the background, as soon as the topics are there. */
    synchronized void follow(ClusterView view, Set<Integer> partitions) {
        owned = Set.copyOf(partitions);
        if (consumer != null) {
            consumer.own(owned);
        } else if (starter == null) {
            int total = view.requireMap().partitions();
            starter = Thread.ofVirtual().name("landfall-jobs-start").start(() -> begin(total));
        }
    }

    private void begin(int partitions) {
        for (boolean first = true; !closed; first = false) {
            try (Admin admin = clients.admin("jobs")) {
                new WorkTopics(admin, partitions, replication).ensure(List.of(topics.jobs(), topics.results()));
                break;
            } catch (ExecutionException | RuntimeException e) {
                if (first) {
                    LOG.warn("Jobs do not run yet; trying again until they do: {}", e.toString());
                }
                for (int i = 0; i < 40 && !closed; i++) {
                    LockSupport.parkNanos(50_000_000);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
        synchronized (this) {
            if (!closed) {
                board = JobBoard.start(
                        topics.results(),
                        partitions,
                        clients.consumer("job-board", topics.prefix() + ".job-board", true));
                consumer = WorkConsumer.start(
                        "jobs",
                        topics.jobs(),
                        owned,
                        clients.consumer("jobs", topics.jobs(), true),
                        worker,
                        WorkTrimmer.of(clients, topics.jobs()));
            }
        }
    }

    @Override
    public void close() {
        JobBoard reading;
        WorkConsumer working;
        synchronized (this) {
            closed = true;
            reading = board;
            working = consumer;
        }
        worker.close();
        if (working != null) {
            working.close();
        }
        if (reading != null) {
            reading.close();
        }
    }
}
