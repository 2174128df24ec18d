package dev.landfall.topology;

import dev.landfall.model.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** This node's instance of a topology's planner: a Kafka Streams application that all nodes run together. */
final class Planner implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final KafkaStreams streams;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    private Planner(KafkaStreams streams) {
        this.streams = streams;
    }

    /** Apart from the names of all other groups, whatever the topology is called. */
    static String applicationId(Topics topics, String name) {
        return topics.prefix() + ".planner." + name;
    }

    /** The group must have a place in every partition, see {@link WorkTopics#placeAtBeginning}. */
    static Planner start(
            Clients clients,
            Topics topics,
            String nodeId,
            Path stateDirectory,
            String name,
            int version,
            TopologySpec spec) {
        var planner = new Planner(new KafkaStreams(
                PlannerTopology.build(topics, name, version, spec),
                config(clients, topics, nodeId, stateDirectory, name),
                new PlannerClients(name)));
        planner.streams.setUncaughtExceptionHandler(error -> {
            planner.failure.complete(error);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        planner.streams.start();
        return planner;
    }

    private static Properties config(Clients clients, Topics topics, String nodeId, Path stateDirectory, String name) {
        Map<String, Object> config = clients.common("planner-" + name);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(topics, name));
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.putIfAbsent(StreamsConfig.POLL_MS_CONFIG, 500);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        config.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, Long.MAX_VALUE);
        config.put("processing.exception.handler.global.enabled", true);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 2);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        // A node that comes back takes its old place without waiting for the group to notice that it had gone.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), nodeId);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        config.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, Clients.IDLE_FETCH_MILLIS);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG), "false");
        var properties = new Properties();
        properties.putAll(config);
        return properties;
    }

    /** Completes when the planner has stopped for good because of an error. */
    CompletableFuture<Throwable> failure() {
        return failure;
    }

    boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    @Override
    public void close() {
        streams.close(CLOSE_TIMEOUT);
        failure.cancel(false);
    }
}
