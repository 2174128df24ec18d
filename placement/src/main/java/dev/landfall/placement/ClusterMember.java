package dev.landfall.placement;

import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.LandfallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node's part in the cluster: four threads around one view. */
final class ClusterMember implements Cluster {
    private static final Duration CLOSE = Duration.ofMillis(900);

    private final KafkaCluster.Config config;
    private final Health health;
    private final Views views;
    private final Follower follower;
    private final Election election;
    private final Coordinator coordinator;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Thread decider;

    private ClusterMember(KafkaCluster.Config config, Health health, Views views) {
        this.config = config;
        this.health = health;
        this.views = views;
        ClusterTopics topics = new ClusterTopics(config, health);
        this.follower = new Follower(config, topics, views, health);
        this.election = new Election(config, topics, views, health);
        this.coordinator = election.coordinator();
    }

    static ClusterMember start(KafkaCluster.Config config) {
        ViewFile file = new ViewFile(config.viewFile());
        Health health = new Health();
        Snapshot last = file.load();
        ClusterMember member = new ClusterMember(config, health, new Views(file, last, health));
        member.thread("views", member.views);
        try {
            ClusterIdentity.verify(last.cluster(), last.cluster(), config.partitions());
        } catch (ClusterRefusal e) {
            health.refuse(e);
            return member;
        }
        member.thread("follower", member.follower);
        member.thread("election", member.election);
        member.decider = member.thread("coordinator", member.coordinator);
        return member;
    }

    private Thread thread(String role, Runnable work) {
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("landfall-cluster-" + role + "-" + config.nodeId())
                .start(work);
        threads.add(thread);
        return thread;
    }

    @Override
    public String nodeId() {
        return config.nodeId();
    }

    @Override
    public ClusterView view() {
        return views.current().view();
    }

    @Override
    public void onChange(Consumer<ClusterView> listener) {
        views.onChange(listener);
    }

    @Override
    public boolean isCoordinator() {
        return health.running() && health.connected() && coordinator.active();
    }

    @Override
    public boolean connected() {
        return health.connected();
    }

    @Override
    public @Nullable String failure() {
        return health.failure();
    }

    @Override
    public void decide(ClusterCommand command) {
        String failure = health.failure();
        if (failure != null) {
            throw Coordinator.unavailable(failure, null);
        }
        if (!health.running()) {
            throw Coordinator.unavailable("The node is shutting down; ask another node", null);
        }
        long end = config.time().nanos() + config.requestTimeout().toNanos();
        CompletableFuture<Long> decision = coordinator.submit(command);
        try {
            long offset = decision.get(end - config.time().nanos(), TimeUnit.NANOSECONDS);
            if (!views.await(offset, end - config.time().nanos(), config.time())) {
                throw Coordinator.unavailable("The change was made, but this node cannot see it yet", null);
            }
        } catch (TimeoutException e) {
            var late = Coordinator.unavailable(
                    "Kafka did not confirm the change in time; look whether it was made before you try again", e);
            // What has not begun by now is not begun any more.
            decision.completeExceptionally(late);
            throw late;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Coordinator.unavailable("The wait for the change was interrupted; look whether it was made", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LandfallException refusal) {
                throw refusal;
            }
            throw Coordinator.unavailable("The change failed", e.getCause());
        }
    }

    @Override
    public void close() {
        health.close();
        election.wakeup();
        follower.wakeup();
        views.wakeup();
        if (decider != null) {
            decider.interrupt();
        }
        long end = System.nanoTime() + CLOSE.toNanos();
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
