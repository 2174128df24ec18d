package dev.landfall.placement;

import dev.landfall.model.Topics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics that are missing, and refuses those with another number of partitions. */
final class ClusterTopics {
    private static final Duration FOR_EVER = Duration.ofMillis(-1);
    private static final Duration WEEK = Duration.ofDays(7);
    /** Dead letters wait for a person. */
    private static final Duration MONTH = Duration.ofDays(30);

    private final KafkaCluster.Config config;
    private final Health health;

    ClusterTopics(KafkaCluster.Config config, Health health) {
        this.config = config;
        this.health = health;
    }

    /**
     * The topics of every cluster.
     *
     * @throws ClusterRefusal when one has another number of partitions
     * @throws KafkaException when Kafka does not answer or does not create them
     */
    void ensureCluster() {
        Topics topics = config.topics();
        ensure(
                new NewTopic(topics.cluster(), 1, config.replication())
                        .configs(settings(Map.of("cleanup.policy", "compact"))),
                kept(topics.objects(), WEEK),
                kept(topics.results(), WEEK),
                kept(topics.jobs(), FOR_EVER));
    }

    /** The topics of one topology; throws as {@link #ensureCluster}. */
    void ensureTopology(String name) {
        ensure(kept(config.topics().work(name), FOR_EVER), kept(config.topics().deadLetters(name), MONTH));
    }

    /** Items stay until they are done: the workers delete them, age does not. */
    private NewTopic kept(String name, Duration retention) {
        return new NewTopic(name, config.partitions(), config.replication())
                .configs(settings(
                        Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis()))));
    }

    private Map<String, String> settings(Map<String, String> own) {
        Map<String, String> settings = new LinkedHashMap<>(own);
        settings.put("min.insync.replicas", config.replication() > 2 ? "2" : "1");
        return settings;
    }

    private void ensure(NewTopic... wanted) {
        Map<String, NewTopic> missing = new LinkedHashMap<>();
        for (NewTopic topic : wanted) {
            missing.put(topic.name(), topic);
        }
        Admin admin = Admin.create(ClientSettings.admin(config));
        try {
            long end = config.time().nanos() + 2 * ClientSettings.ANSWER.toNanos();
            while (true) {
                removeExisting(admin, missing);
                if (missing.isEmpty()) {
                    return;
                }
                if (config.time().nanos() - end > 0) {
                    throw new TimeoutException("Kafka did not show the new topics " + missing.keySet() + " in time");
                }
                create(admin, missing);
            }
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private void removeExisting(Admin admin, Map<String, NewTopic> missing) {
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(missing.keySet()).topicNameValues();
        answers.forEach((name, answer) -> {
            try {
                int found = await(answer).partitions().size();
                int needed = Objects.requireNonNull(missing.get(name)).numPartitions();
                if (found != needed) {
                    throw new ClusterRefusal("The topic " + name + " has " + found + " partitions, this node needs "
                            + needed + ": correct the number of partitions in its configuration, or delete the topic");
                }
                missing.remove(name);
            } catch (UnknownTopicOrPartitionException e) {
                // It stays among the missing.
            }
        });
    }

    private void create(Admin admin, Map<String, NewTopic> missing) {
        admin.createTopics(missing.values()).values().values().forEach(answer -> {
            try {
                await(answer);
            } catch (TopicExistsException e) {
                // Another node was faster, or the broker that answered above had not heard of it yet.
                health.pause(50);
            }
        });
    }

    /** Waits in slices, so that a closing member does not wait for a Kafka that is away. */
    private <T> T await(KafkaFuture<T> answer) {
        long end = config.time().nanos() + 2 * ClientSettings.ANSWER.toNanos();
        while (health.running() && config.time().nanos() - end < 0) {
            try {
                return answer.get(100, TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.TimeoutException e) {
                continue;
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
            }
        }
        throw new TimeoutException("Kafka did not answer in time");
    }
}
