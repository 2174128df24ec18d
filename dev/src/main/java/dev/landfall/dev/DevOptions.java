package dev.landfall.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a cluster on one machine looks like.
 *
 * @param directory where everything is kept
 * @param targets nodes, named n1, n2, …
 * @param processes whether each node is a child process
 * @param port of the first node's front door; 0 picks a free one
 * @param s3Latency added to each request to S3
 * @param s3AttemptTimeout the longest that one request may take besides the latency
 * @param promoteRoots promote reads only below these
 * @param nodeJvm options for the JVMs of child processes
 * @param partitions of a new cluster
 * @param s3Port of the first node's S3 API; 0 picks a free one
 * @param auth whether the native API asks for credentials too
 * @param mountpaths of each node
 */
public record DevOptions(
        Path directory,
        int targets,
        boolean processes,
        int port,
        Duration s3Latency,
        Duration s3AttemptTimeout,
        List<Path> promoteRoots,
        List<String> nodeJvm,
        int partitions,
        int s3Port,
        boolean auth,
        int mountpaths) {
    public static final int PARTITIONS = 32;

    /** S3 is on this machine; and after a kill, this is how long the nodes fear what their last run may have under way. */
    public static final Duration S3_ATTEMPT_TIMEOUT = Duration.ofSeconds(10);

    public DevOptions {
        promoteRoots = List.copyOf(promoteRoots);
        nodeJvm = List.copyOf(nodeJvm);
    }

    /** Three nodes in this process on free ports. */
    public static DevOptions in(Path directory) {
        return new DevOptions(
                directory,
                3,
                false,
                0,
                Duration.ZERO,
                S3_ATTEMPT_TIMEOUT,
                List.of(),
                List.of("-Xmx512m"),
                PARTITIONS,
                0,
                false,
                1);
    }

    public DevOptions withProcesses(boolean processes) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    public DevOptions withTargets(int targets) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    public DevOptions withPort(int port) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    public DevOptions withS3Latency(Duration s3Latency) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    public DevOptions withPromoteRoots(List<Path> promoteRoots) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    public DevOptions withNodeJvm(List<String> nodeJvm) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    /** The native API asks for credentials, too. */
    public DevOptions withAuth(boolean auth) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }

    public DevOptions withMountpaths(int mountpaths) {
        return new DevOptions(
                directory,
                targets,
                processes,
                port,
                s3Latency,
                s3AttemptTimeout,
                promoteRoots,
                nodeJvm,
                partitions,
                s3Port,
                auth,
                mountpaths);
    }
}
