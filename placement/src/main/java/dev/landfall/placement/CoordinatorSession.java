package dev.landfall.placement;

import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which one node decides. It begins by fencing every coordinator before it, whose transaction is ended by that, and by
 * reading the log to its end; from then on nobody else can commit, so the state it keeps is the truth. After any failure of Kafka it is
 * of no use any more: the outcome may be unknown, and only a new session finds out. For one thread.
 */
final class CoordinatorSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorSession.class);

    private final KafkaCluster.Config config;
    private final ClusterTopics topics;
    private final KafkaProducer<String, byte[]> producer;
    private final LogState state = new LogState();

    private CoordinatorSession(
            KafkaCluster.Config config, ClusterTopics topics, KafkaProducer<String, byte[]> producer) {
        this.config = config;
        this.topics = topics;
        this.producer = producer;
    }

    /**
     * Fences, reads, creates the cluster when it is new, and declares this node the coordinator.
     *
     * @param known the identity that this node saw last
     * @throws ClusterRefusal when the log is not that of this node's cluster
     * @throws KafkaException when Kafka does not answer or another coordinator is newer
     */
    static CoordinatorSession open(KafkaCluster.Config config, ClusterTopics topics, @Nullable ClusterIdentity known) {
        var session = new CoordinatorSession(config, topics, new KafkaProducer<>(ClientSettings.decider(config)));
        try {
            session.begin(known);
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private void begin(@Nullable ClusterIdentity known) {
        producer.initTransactions();
        try (LogConsumer log = LogConsumer.open(config, "coordinator-reader")) {
            log.readFromBeginning(state);
        }
        ClusterIdentity found = state.snapshot().cluster();
        ClusterIdentity.verify(found, known, config.partitions());
        List<Change> changes = new ArrayList<>();
        if (found == null) {
            var identity = new ClusterIdentity(
                    ClusterIdentity.FORMAT, UUID.randomUUID().toString(), config.partitions());
            changes.add(Change.set(Change.CLUSTER, identity));
            changes.add(Change.set(Change.MAP, Rendezvous.plan(config.initialTargets(), config.partitions())));
        }
        changes.add(Change.set(Change.COORDINATOR, new Change.CoordinatorRecord(config.nodeId())));
        commit(changes, List.of());
    }

    /**
     * Commits what the command changes and returns the offset from which on a view has it.
     *
     * @throws LandfallException the command is refused; the session goes on
     * @throws KafkaException the outcome is unknown or the session is over: close it
     */
    long decide(ClusterCommand command) {
        ClusterView before = state.snapshot().view();
        Decision decision = Decisions.decide(before, command, config.time().now());
        String topology = decision.topology();
        if (topology != null) {
            try {
                topics.ensureTopology(topology);
            } catch (ClusterRefusal e) {
                throw new LandfallException(ErrorCode.INVALID_TOPOLOGY, e.sentence(), e);
            }
        }
        if (!decision.changes().isEmpty()) {
            commit(decision.changes(), decision.items());
            if (command instanceof ClusterCommand.RegisterNode(NodeInfo node)) {
                warnOfAnotherStore(before.nodes().get(node.id()), node);
            }
        }
        return state.offset();
    }

    private static void warnOfAnotherStore(@Nullable NodeInfo before, NodeInfo now) {
        if (before != null && !before.storeId().equals(now.storeId())) {
            LOG.warn(
                    "The node {} came with another store, {} instead of {}: what its former store held and S3 does not have is served no"
                            + " more, and the former store is refused from now on",
                    now.id(),
                    now.storeId(),
                    before.storeId());
        }
    }

    /** Of the last record that it knows. */
    long offset() {
        return state.offset();
    }

    private void commit(List<Change> changes, List<Decision.Item> items) {
        producer.beginTransaction();
        for (Decision.Item item : items) {
            producer.send(new ProducerRecord<>(
                    config.topics().jobs(), item.partition(), item.item().node(), Json.write(item.item())));
        }
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            var written = new ProducerRecord<>(config.topics().cluster(), 0, change.key(), change.value());
            if (i < changes.size() - 1) {
                written.headers().add(LogConsumer.MORE_FOLLOWS, new byte[0]);
            }
            sent.add(producer.send(written));
        }
        producer.commitTransaction();
        for (int i = 0; i < changes.size(); i++) {
            state.apply(changes.get(i), offset(sent.get(i)));
        }
    }

    private static long offset(Future<RecordMetadata> committed) {
        try {
            return committed.get().offset();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new KafkaException("A record of a committed transaction was not written", e);
        }
    }

    /** At once; a transaction that is open is ended by the next session. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            producer.close(Duration.ZERO);
        } catch (InterruptException e) {
            // Its own thread was told to stop and does so by itself.
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
