package dev.landfall.placement;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's membership in the group of the cluster log: whoever is given its one partition is to coordinate. It reads nothing. */
final class Election implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Election.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MILLIS = 300;
    private static final long CONNECTING_MILLIS = 50;

    private final KafkaCluster.Config config;
    private final Health health;
    private final Coordinator coordinator;
    private volatile @Nullable KafkaConsumer<String, byte[]> member;
    private volatile boolean leave;
    private boolean failing;

    Election(KafkaCluster.Config config, ClusterTopics topics, Views views, Health health) {
        this.config = config;
        this.health = health;
        this.coordinator = new Coordinator(config, topics, views, health, this::rejoin);
    }

    Coordinator coordinator() {
        return coordinator;
    }

    /** Leaves the group and joins it again; any thread may call it. */
    void rejoin() {
        leave = true;
        wakeup();
    }

    void wakeup() {
        KafkaConsumer<String, byte[]> present = member;
        if (present != null) {
            present.wakeup();
        }
    }

    @Override
    public void run() {
        while (health.running()) {
            // Only a node that has read the log, and may follow it, stands for election.
            if (health.connected()) {
                takePart();
                health.pause(RETRY_MILLIS);
            } else {
                health.pause(CONNECTING_MILLIS);
            }
        }
    }

    private void takePart() {
        KafkaConsumer<String, byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(ClientSettings.member(config));
            leave = false;
            member = consumer;
            consumer.subscribe(List.of(config.topics().cluster()), new Listener(consumer));
            while (health.running() && !leave) {
                consumer.poll(POLL);
                failing = false;
            }
        } catch (WakeupException e) {
            LOG.debug("Leaving the group of the coordinator");
        } catch (KafkaException e) {
            if (!failing) {
                LOG.warn("Failed to take part in the election of the coordinator; trying again", e);
                failing = true;
            }
        } finally {
            coordinator.lose();
            member = null;
            if (consumer != null) {
                // Its place is given up at once: by itself a member with a name of its own would keep it for a session
                // timeout.
                consumer.close(CloseOptions.timeout(Duration.ofMillis(400))
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            }
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        private final KafkaConsumer<String, byte[]> consumer;

        private Listener(KafkaConsumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            if (!added.isEmpty()) {
                consumer.pause(added);
                coordinator.gain();
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            if (!revoked.isEmpty()) {
                coordinator.lose();
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            onPartitionsRevoked(lost);
        }
    }
}
