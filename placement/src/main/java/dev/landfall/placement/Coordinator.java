package dev.landfall.placement;

import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, one command after another on one thread, while this node holds the log's partition in the group. Holding it is only the
 * invitation to decide; that nobody else does is the work of the transactional id.
 */
final class Coordinator implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final long NEVER = Long.MAX_VALUE;
    private static final int MAX_WAITING = 256;
    private static final long IDLE_MILLIS = 1_000;
    private static final long RETRY_MILLIS = 300;

    /** @param done completes with the offset from which on a view has the change */
    private record Task(@Nullable ClusterCommand command, CompletableFuture<Long> done) {
        static Task wake() {
            return new Task(null, new CompletableFuture<>());
        }
    }

    private final KafkaCluster.Config config;
    private final ClusterTopics topics;
    private final Views views;
    private final Health health;
    private final Runnable leaveElection;
    private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(MAX_WAITING);

    /** Counts the gains and losses of the partition; odd while it is held. */
    private final AtomicLong tenure = new AtomicLong();

    /** The offset at which the present session declared itself; this node decides once its own view is there. */
    private volatile long decidesFrom = NEVER;

    // Only for the deciding thread.
    private @Nullable CoordinatorSession session;
    private long sessionTenure;
    private boolean failing;

    Coordinator(KafkaCluster.Config config, ClusterTopics topics, Views views, Health health, Runnable leaveElection) {
        this.config = config;
        this.topics = topics;
        this.views = views;
        this.health = health;
        this.leaveElection = leaveElection;
    }

    void gain() {
        if (tenure.updateAndGet(t -> t | 1) % 2 == 1) {
            wake();
        }
    }

    void lose() {
        decidesFrom = NEVER;
        tenure.updateAndGet(t -> t + (t & 1));
        wake();
    }

    boolean active() {
        return held() && views.current().view().offset() >= decidesFrom;
    }

    /**
     * Hands the command to the deciding thread.
     *
     * @throws LandfallException {@code CLUSTER_UNAVAILABLE} when this node is not the coordinator or has too much to decide
     */
    CompletableFuture<Long> submit(ClusterCommand command) {
        if (!held() || !health.connected()) {
            throw unavailable("This node does not decide changes now; ask the coordinator", null);
        }
        Task task = new Task(command, new CompletableFuture<>());
        if (!tasks.offer(task)) {
            throw unavailable("Too many changes wait for a decision; try again", null);
        }
        return task.done;
    }

    @Override
    public void run() {
        try {
            while (health.running()) {
                boolean ready = ready();
                Task task = tasks.poll(ready || !held() ? IDLE_MILLIS : RETRY_MILLIS, TimeUnit.MILLISECONDS);
                if (task != null && task.command != null) {
                    execute(task, task.command);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("Stopped deciding");
        } finally {
            // Closing a producer with the interrupt pending would fail.
            Thread.interrupted();
            endSession();
            for (Task task; (task = tasks.poll()) != null; ) {
                task.done.completeExceptionally(unavailable("The node is shutting down; ask the coordinator", null));
            }
        }
    }

    private boolean held() {
        return tenure.get() % 2 == 1;
    }

    /** Whether there is a session of the present tenure; opens it when it may. */
    private boolean ready() {
        long now = tenure.get();
        if (session != null && sessionTenure != now) {
            endSession();
            LOG.info("{} is not the coordinator any more", config.nodeId());
        }
        if (session != null) {
            return true;
        }
        if (now % 2 == 0) {
            return false;
        }
        try {
            session = CoordinatorSession.open(config, topics, views.current().cluster());
            sessionTenure = now;
            failing = false;
            decidesFrom = session.offset();
            LOG.info("{} is the coordinator", config.nodeId());
            return true;
        } catch (ClusterRefusal e) {
            health.refuse(e);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            if (!failing) {
                LOG.warn("Failed to become the coordinator; trying again", e);
                failing = true;
            }
            rejoinIfFenced(e);
        }
        return false;
    }

    private void execute(Task task, ClusterCommand command) {
        if (task.done.isDone()) {
            return;
        }
        if (session == null || sessionTenure != tenure.get()) {
            task.done.completeExceptionally(
                    unavailable("This node does not decide changes now; ask the coordinator", null));
            return;
        }
        try {
            task.done.complete(session.decide(command));
        } catch (LandfallException e) {
            task.done.completeExceptionally(e);
        } catch (KafkaException e) {
            endSession();
            task.done.completeExceptionally(
                    unavailable("Kafka did not confirm the change; look whether it was made before you try again", e));
            if (e instanceof InterruptException interrupted) {
                throw interrupted;
            }
            LOG.warn("Failed to commit a decision; the log is read again before the next one", e);
            rejoinIfFenced(e);
        } catch (RuntimeException e) {
            endSession();
            LOG.error("Failed to decide {}", command.getClass().getSimpleName(), e);
            task.done.completeExceptionally(new LandfallException(
                    ErrorCode.INTERNAL_ERROR, "The coordinator failed to decide the change; see its log", e));
        }
    }

    /** Who was fenced is not the coordinator, whatever the group said last: it asks the group again. */
    private void rejoinIfFenced(KafkaException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                lose();
                leaveElection.run();
                return;
            }
        }
    }

    private void endSession() {
        decidesFrom = NEVER;
        if (session != null) {
            session.close();
            session = null;
        }
    }

    /** Never waits: a full queue wakes the thread by itself. */
    private void wake() {
        tasks.offer(Task.wake());
    }

    static LandfallException unavailable(String sentence, @Nullable Throwable cause) {
        return new LandfallException(ErrorCode.CLUSTER_UNAVAILABLE, sentence, cause);
    }
}
