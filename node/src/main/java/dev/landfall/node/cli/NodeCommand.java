package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.node.LandfallNode;
import dev.landfall.node.Signals;
import dev.landfall.node.config.ConfigException;
import dev.landfall.node.config.NodeConfig;
import dev.landfall.node.config.NodeConfigFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "node",
        description =
                "Runs one node against a Kafka cluster that exists. SIGTERM or Ctrl-C drains and stops it; a second one ends at once.",
        mixinStandardHelpOptions = true)
public final class NodeCommand implements Callable<Integer> {
    /** A node waits long for a Kafka that is still to come; the parent of a child has Kafka running. */
    private static final Duration READY = Duration.ofHours(1);

    private static final Duration CHILD_READY = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "YAML; see docs/deploy.md")
    private Path config = Path.of("");

    @Option(names = "--allow-exec", description = "topologies may run commands on this machine; also allowExec in FILE")
    private boolean allowExec;

    @Option(
            names = "--promote-root",
            paramLabel = "DIR",
            description = "promote may read below it, besides promoteRoots in FILE; may be repeated")
    private List<Path> promoteRoots = new ArrayList<>();

    @Option(
            names = "--child",
            hidden = true,
            description = "for landfall dev: leave Ctrl-C to the parent, and end when it does")
    private boolean child;

    @Override
    public Integer call() throws InterruptedException {
        for (Path root : promoteRoots) {
            if (!Files.isDirectory(root)) {
                throw new WrongArgument("--promote-root " + root + " is not a directory");
            }
        }
        NodeConfig read = NodeConfigFile.read(config).allowing(promoteRoots, allowExec);
        Signals signals = Signals.install(!child);
        if (child) {
            Thread.ofPlatform().daemon().name("landfall-parent").start(NodeCommand::endWithParent);
        }
        LandfallNode node = start(read);
        boolean clean;
        try {
            node.awaitReady(child ? CHILD_READY : READY, signals::arrivedAny);
            if (!signals.arrivedAny()) {
                announce(node);
            }
            signals.await();
        } finally {
            clean = node.stop(read.limits().drain());
        }
        return clean ? 0 : 1;
    }

    private LandfallNode start(NodeConfig read) {
        try {
            return LandfallNode.start(read);
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.INVALID_ARGUMENT) {
                throw new ConfigException(config.toString(), List.of(String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }

    private void announce(LandfallNode node) {
        var out = spec.commandLine().getOut();
        out.println(
                child
                        ? new String(Json.write(ready(node)), StandardCharsets.UTF_8)
                        : "The node " + node.id() + " is ready at " + node.http());
        out.flush();
    }

    private static ObjectNode ready(LandfallNode node) {
        URI s3 = node.s3();
        return Json.mapper()
                .createObjectNode()
                .put("s3", s3 == null ? null : s3.toString())
                .put("id", node.id())
                .put("http", node.http().toString())
                .put("peer", node.peer().toString())
                .put("pid", ProcessHandle.current().pid());
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent: only the end counts.
            }
        } catch (IOException e) {
            // The same as the end.
        }
        Runtime.getRuntime().halt(137);
    }
}
