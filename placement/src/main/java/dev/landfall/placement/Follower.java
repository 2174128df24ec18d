package dev.landfall.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's view: reads the log from its beginning at every connect, shows the result at its end mark, then every transaction as
 * it comes. A consumer hides that Kafka is away, so the end of a quiet log is asked for every second.
 */
final class Follower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_MILLIS = 500;

    private final KafkaCluster.Config config;
    private final ClusterTopics topics;
    private final Views views;
    private final Health health;
    private volatile @Nullable LogConsumer open;

    Follower(KafkaCluster.Config config, ClusterTopics topics, Views views, Health health) {
        this.config = config;
        this.topics = topics;
        this.views = views;
        this.health = health;
    }

    void wakeup() {
        LogConsumer log = open;
        if (log != null) {
            log.wakeup();
        }
    }

    @Override
    public void run() {
        while (health.running()) {
            try {
                topics.ensureCluster();
                try (LogConsumer log = LogConsumer.open(config, "follower")) {
                    open = log;
                    follow(log);
                } finally {
                    open = null;
                }
            } catch (ClusterRefusal e) {
                health.refuse(e);
            } catch (WakeupException e) {
                LOG.debug("Stopped following the cluster log");
            } catch (KafkaException e) {
                health.lost(e);
                health.pause(RETRY_MILLIS);
            } catch (RuntimeException e) {
                LOG.error("Failed to follow the cluster log; it is read again from its beginning", e);
                health.lost(e);
                health.pause(RETRY_MILLIS);
            }
        }
    }

    private void follow(LogConsumer log) {
        LogState state = new LogState();
        log.readFromBeginning(state);
        Snapshot read = state.snapshot();
        verify(read);
        if (read.view().offset() < views.current().view().offset()) {
            LOG.error(
                    "The cluster log ends at offset {}, but this node has seen {}: Kafka lost the end of the log",
                    read.view().offset(),
                    views.current().view().offset());
        }
        views.publish(List.of(read));
        health.answered();

        long answered = config.time().nanos();
        while (health.running()) {
            List<Snapshot> complete = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> each : log.poll()) {
                if (LogConsumer.fold(each, state)) {
                    Snapshot next = state.snapshot();
                    verify(next);
                    complete.add(next);
                }
            }
            views.publish(complete);
            if (!complete.isEmpty()) {
                answered = config.time().nanos();
            } else if (config.time().nanos() - answered > PROBE_NANOS) {
                log.end();
                answered = config.time().nanos();
            }
        }
    }

    private void verify(Snapshot state) {
        ClusterIdentity.verify(state.cluster(), views.current().cluster(), config.partitions());
    }
}
