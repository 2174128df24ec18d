package dev.landfall.node.config;

import dev.landfall.model.Topics;
import dev.landfall.writeback.RemoteEndpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node.
 *
 * @param data what the node keeps besides objects: its view of the cluster, and the state of its planners
 * @param mountpaths where objects are, one directory per disk; all of them at every start
 * @param http the front door
 * @param s3 a port of its own for the S3 API; null for none
 * @param peer for the other nodes
 * @param tls of the front door and the port for S3; null for plain HTTP
 * @param auth who may use it
 * @param kafka client properties, passed on as they are
 * @param remotes S3 endpoints by name
 * @param promoteRoots promote reads only below these
 * @param allowExec whether topologies may run commands
 */
public record NodeConfig(
        String id,
        Path data,
        List<Path> mountpaths,
        Listen http,
        @Nullable Listen s3,
        Listen peer,
        @Nullable TlsSettings tls,
        AuthSettings auth,
        Map<String, String> kafka,
        Topics topics,
        ClusterConfig cluster,
        Map<String, RemoteEndpoint> remotes,
        List<Path> promoteRoots,
        boolean allowExec,
        LimitsConfig limits) {
    public NodeConfig {
        mountpaths = mountpaths.isEmpty() ? List.of(data.resolve("objects")) : List.copyOf(mountpaths);
        kafka = Map.copyOf(kafka);
        remotes = Map.copyOf(remotes);
        promoteRoots = List.copyOf(promoteRoots);
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new ConfigException(
                    "The configuration",
                    List.of("kafka.bootstrap.servers: is missing; name the Kafka brokers, host:port"));
        }
    }

    /** The same node, which may also promote from below these directories, and run commands when it already may or {@code exec} says so. */
    public NodeConfig allowing(List<Path> roots, boolean exec) {
        List<Path> all = Stream.concat(
                        promoteRoots.stream(),
                        roots.stream().map(root -> root.toAbsolutePath().normalize()))
                .distinct()
                .toList();
        return new NodeConfig(
                id,
                data,
                mountpaths,
                http,
                s3,
                peer,
                tls,
                auth,
                kafka,
                topics,
                cluster,
                remotes,
                all,
                allowExec || exec,
                limits);
    }

    /** Kafka's properties may hold secrets, so none is shown. */
    @Override
    public String toString() {
        return "NodeConfig[" + id + ", " + data + "]";
    }
}
