package dev.landfall.dev.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real single-node Kafka (KRaft, broker and controller) in this process. Its data survives in the directory, also when the process is
 * killed. To stop and start it again, {@link #close} it and {@link #start} another in the same directory: while its port is free, the
 * address stays the same. It listens on 127.0.0.1 only and creates no topic by itself.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final AtomicBoolean EXIT_GUARDED = new AtomicBoolean();

    private final KafkaRaftServer server;
    private final Ports ports;
    private final Hold hold;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(KafkaRaftServer server, Ports ports, Hold hold) {
        this.server = server;
        this.ports = ports;
        this.hold = hold;
    }

    /**
     * Formats the directory when it is new, starts the broker and returns when it answers.
     *
     * @param port of the broker; 0 picks a free one, or the one of the last start in this directory
     * @throws IllegalStateException when the port is taken, or another broker runs in the directory
     */
    public static EmbeddedKafka start(Path directory, int port) {
        guardExit();
        Ports ports = Ports.choose(directory, port);
        Hold hold = hold(directory, ports);
        KafkaRaftServer server = null;
        try {
            Path data = directory.resolve("data");
            Files.createDirectories(data);
            format(data);
            server = new KafkaRaftServer(new KafkaConfig(BrokerSettings.of(data, ports)), Time.SYSTEM);
            server.startup();
            ports.remember(directory);
            return new EmbeddedKafka(server, ports, hold);
        } catch (IOException e) {
            hold.close();
            throw new UncheckedIOException("Failed to prepare " + directory + " for Kafka", e);
        } catch (RuntimeException e) {
            if (server != null) {
                shutDown(server);
            }
            hold.close();
            throw failed(directory, ports, e);
        }
    }

    private static Hold hold(Path directory, Ports ports) {
        Hold hold;
        try {
            hold = Hold.take(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to prepare " + directory + " for Kafka", e);
        }
        if (hold == null) {
            throw failed(directory, ports, null);
        }
        return hold;
    }

    private static IllegalStateException failed(Path directory, Ports ports, @Nullable Throwable cause) {
        return new IllegalStateException(
                "Failed to start Kafka in " + directory + " on port " + ports.broker()
                        + "; make sure that no other process uses the directory or the port",
                cause);
    }

    /** {@code host:port}. */
    public String bootstrap() {
        return "127.0.0.1:" + ports.broker();
    }

    /** Stops the broker and returns when it has stopped. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                shutDown(server);
            } finally {
                hold.close();
            }
        }
    }

    private static void shutDown(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path data) throws IOException {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerSettings.NODE_ID)
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setIgnoreFormatted(true)
                    .setHasDynamicQuorum(false)
                    .setPrintStream(silent)
                    .run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Failed to format " + data, e);
        }
    }

    /** Kafka ends the process when a part of it fails for good; the nodes that share this process must outlive its broker. */
    private static void guardExit() {
        if (EXIT_GUARDED.compareAndSet(false, true)) {
            Exit.setExitProcedure((code, message) -> refuseToExit("exit", code, message));
            Exit.setHaltProcedure((code, message) -> refuseToExit("halt", code, message));
        }
    }

    private static void refuseToExit(String how, int code, String message) {
        String sentence = "The embedded Kafka failed and wanted to " + how + " with code " + code
                + (message == null ? "" : ": " + message) + "; restart it";
        LOG.error(sentence);
        throw new IllegalStateException(sentence);
    }
}
