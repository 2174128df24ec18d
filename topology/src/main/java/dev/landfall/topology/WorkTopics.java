package dev.landfall.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares what planners and workers need in Kafka. Every method may be called again, and by several nodes at once. */
final class WorkTopics {
    private static final Logger LOG = LoggerFactory.getLogger(WorkTopics.class);

    private static final int MAX_TRIES = 50;
    private static final long PAUSE_MILLIS = 100;

    private final Admin admin;
    private final int partitions;
    private final short replication;

    WorkTopics(Admin admin, int partitions, short replication) {
        this.admin = admin;
        this.partitions = partitions;
        this.replication = replication;
    }

    /**
     * Creates the topics that are missing. Nothing in them is deleted by age.
     *
     * @throws IllegalStateException when one exists with another number of partitions
     */
    void ensure(Collection<String> names) throws ExecutionException, InterruptedException {
        Set<String> existing = admin.listTopics().names().get();
        List<NewTopic> missing = new ArrayList<>();
        for (String name : names) {
            if (!existing.contains(name)) {
                missing.add(new NewTopic(name, partitions, replication)
                        .configs(Map.of("retention.ms", "-1", "cleanup.policy", "delete")));
            }
        }
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                created.getValue().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        check(names);
    }

    /**
     * Waits shortly for topics that somebody is just creating.
     *
     * @throws IllegalStateException when one exists with another number of partitions
     */
    void check(Collection<String> names) throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> found = Map.of();
        for (int tries = 1; found.isEmpty(); tries++) {
            try {
                found = admin.describeTopics(names).allTopicNames().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || tries == MAX_TRIES) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        for (TopicDescription topic : found.values()) {
            if (topic.partitions().size() != partitions) {
                throw new IllegalStateException("The topic " + topic.name() + " has "
                        + topic.partitions().size() + " partitions, but the cluster was created with " + partitions);
            }
        }
    }

    /**
     * Gives a group that reads a topic for the first time its place: the beginning. A place that exists is never moved.
     *
     * @param known whether the group has read the topic before, so that a place that is missing is one that was lost
     */
    void placeAtBeginning(String group, String topic, boolean known) throws ExecutionException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                placeOnce(group, topic, known);
                return;
            } catch (ExecutionException e) {
                // Other nodes do the same just now; once the first member has joined, all places exist.
                if (tries == MAX_TRIES || !(e.getCause() instanceof UnknownMemberIdException)) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void placeOnce(String group, String topic, boolean known) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        Set<TopicPartition> without = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .filter(partition -> committed.get(partition) == null)
                .collect(Collectors.toSet());
        if (without.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        without.forEach(partition -> wanted.put(partition, OffsetSpec.earliest()));
        Map<TopicPartition, OffsetAndMetadata> places =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        long gone = 0;
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> first :
                admin.listOffsets(wanted).all().get().entrySet()) {
            gone += first.getValue().offset();
            places.put(first.getKey(), new OffsetAndMetadata(first.getValue().offset()));
        }
        if (known || without.size() < partitions) {
            LOG.error(
                    "The group {} has lost its places in {} and begins again at the oldest events, {} (partition=offset); what is done already"
                            + " is planned again, and {} events are gone since the topic began",
                    group,
                    topic,
                    inShort(places),
                    gone);
        } else if (gone > 0) {
            LOG.warn(
                    "The group {} has no place in {} yet and begins at the oldest event; {} older ones are gone, and what they told of is"
                            + " not planned",
                    group,
                    topic,
                    gone);
        }
        admin.alterConsumerGroupOffsets(group, places).all().get();
    }

    private static String inShort(Map<TopicPartition, OffsetAndMetadata> places) {
        return places.entrySet().stream()
                .map(place ->
                        place.getKey().partition() + "=" + place.getValue().offset())
                .collect(Collectors.joining(" "));
    }

    /** Whether there has ever been a record in a topic. */
    boolean wasUsed(String topic) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        IntStream.range(0, partitions)
                .forEach(partition -> wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        return admin.listOffsets(wanted).all().get().values().stream().anyMatch(last -> last.offset() > 0);
    }
}
