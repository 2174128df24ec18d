package dev.landfall.dev;

import dev.landfall.node.LandfallNode;
import dev.landfall.node.config.NodeConfigFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** A node in this process. */
final class InProcessNode implements RunningNode {
    private final LandfallNode node;
    private volatile boolean stopped;

    private InProcessNode(LandfallNode node) {
        this.node = node;
    }

    static InProcessNode start(Path config) {
        return new InProcessNode(LandfallNode.start(NodeConfigFile.read(config)));
    }

    /** Blocks until the node can serve. */
    void awaitReady(Duration timeout) {
        node.awaitReady(timeout);
    }

    @Override
    public String id() {
        return node.id();
    }

    @Override
    public URI http() {
        return node.http();
    }

    @Override
    public URI s3() {
        return Objects.requireNonNull(node.s3());
    }

    @Override
    public URI peer() {
        return node.peer();
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public boolean isAlive() {
        return !stopped;
    }

    @Override
    public boolean stop(Duration grace) {
        stopped = true;
        return node.stop(grace);
    }
}
