package dev.landfall.dev.kafka;

import java.nio.file.Path;

/** A real single-node Kafka (KRaft, broker and controller) in this process. Its data survives in the directory. */
public final class EmbeddedKafka implements AutoCloseable {
    private EmbeddedKafka() {}

    /**
     * Formats the directory when it is new, starts the broker and returns when it answers.
     *
     * @param port of the broker; 0 picks a free one, or the one of the last start in this directory
     */
    public static EmbeddedKafka start(Path directory, int port) {
        throw new UnsupportedOperationException("not yet");
    }

    /** {@code host:port}. */
    public String bootstrap() {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not yet");
    }
}
