package dev.landfall.dev.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ports of the broker and of its controller, remembered in the directory so that clients find a restarted broker again. Chosen below
 * the range that Linux takes the ports of outgoing connections from: one of those would hold the port of a broker that is just restarting.
 */
record Ports(int broker, int controller) {
    private static final String FILE = "ports.properties";
    private static final int FIRST = 20_000;
    private static final int LAST = 32_767;
    private static final int TRIES = 100;

    /** @throws IllegalStateException when {@code wanted} is taken */
    static Ports choose(Path directory, int wanted) {
        try {
            Ports last = remembered(directory);
            if (wanted != 0 && !free(wanted)) {
                throw new IllegalStateException(
                        "Port " + wanted + " is taken; choose another port for Kafka, or 0 for a free one");
            }
            int broker = wanted != 0 ? wanted : free(last.broker) ? last.broker : 0;
            int controller = free(last.controller) && last.controller != broker ? last.controller : 0;
            try {
                return pick(broker, controller);
            } catch (BindException e) {
                // A port that was free a moment ago is not any more; other ones do as well.
                return pick(wanted, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to choose ports for Kafka in " + directory, e);
        }
    }

    private static Ports pick(int broker, int controller) throws IOException {
        // Both sockets are open at the same time, so that the two ports differ.
        try (ServerSocket one = broker == 0 ? bindAny() : bind(broker);
                ServerSocket two = controller == 0 ? bindAny() : bind(controller)) {
            return new Ports(one.getLocalPort(), two.getLocalPort());
        }
    }

    private static Ports remembered(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return new Ports(0, 0);
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        try {
            return new Ports(
                    Integer.parseInt(properties.getProperty("broker", "0")),
                    Integer.parseInt(properties.getProperty("controller", "0")));
        } catch (NumberFormatException e) {
            // A kill while the file was written: the ports are a convenience, the data is elsewhere.
            return new Ports(0, 0);
        }
    }

    /** Only a broker that runs is worth remembering: one that fails to start must not move the one that does. */
    void remember(Path directory) {
        Properties properties = new Properties();
        properties.setProperty("broker", Integer.toString(broker));
        properties.setProperty("controller", Integer.toString(controller));
        try (OutputStream out = Files.newOutputStream(directory.resolve(FILE))) {
            properties.store(out, null);
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to remember the ports of Kafka in " + directory, e);
        }
    }

    private static boolean free(int port) {
        if (port == 0) {
            return false;
        }
        try (ServerSocket socket = bind(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket bindAny() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            try {
                return bind(ThreadLocalRandom.current().nextInt(FIRST, LAST + 1));
            } catch (IOException e) {
                // It is taken: another one.
            }
        }
        return bind(0);
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
