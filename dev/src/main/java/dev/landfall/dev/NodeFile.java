package dev.landfall.dev;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landfall.dev.s3.S3Process;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** The configuration file of a node of the cluster: the same form that {@code landfall node} takes. */
final class NodeFile {
    private NodeFile() {}

    /** @param port of its front door */
    static Path write(DevOptions options, String id, int port, String kafka, S3Process s3, DevKeys keys)
            throws IOException {
        Path home = options.directory().resolve("nodes").resolve(id);
        Files.createDirectories(home);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("node", Map.of("id", id));
        file.put("data", home.resolve("data").toString());
        file.put("mountpaths", mountpaths(home, options.mountpaths()));
        file.put("http", Map.of("port", port));
        file.put("peer", Map.of("port", 0));
        file.put("s3", Map.of("port", id.equals("n1") ? options.s3Port() : 0));
        file.put(
                "auth",
                Map.of(
                        "secret",
                        "file:" + keys.directory().resolve("cluster-secret"),
                        "admin",
                        Map.of(
                                "accessKey",
                                "file:" + keys.directory().resolve("access-key"),
                                "secretKey",
                                "file:" + keys.directory().resolve("secret-key")),
                        "required",
                        options.auth()));
        file.put("kafka", Map.of("bootstrap.servers", kafka));
        file.put("cluster", Map.of("partitions", options.partitions(), "initialTargets", ids(options.targets())));
        file.put(
                "remotes",
                Map.of(
                        "default",
                        Map.of(
                                "endpoint",
                                s3.endpoint().toString(),
                                "region",
                                s3.region(),
                                "pathStyle",
                                true,
                                "accessKey",
                                "file:" + secret(home.resolve("s3-access-key"), s3.accessKey()),
                                "secretKey",
                                "file:" + secret(home.resolve("s3-secret-key"), s3.secretKey()),
                                "attemptTimeout",
                                options.s3AttemptTimeout()
                                                .plus(options.s3Latency())
                                                .toMillis() + "ms")));
        file.put(
                "promoteRoots",
                options.promoteRoots().stream()
                        .map(p -> p.toAbsolutePath().toString())
                        .toList());
        file.put("allowExec", true);
        Path config = home.resolve("node.yaml");
        Files.writeString(config, new YAMLMapper().writeValueAsString(file));
        return config;
    }

    private static List<String> mountpaths(Path home, int count) {
        Path first = home.resolve("data/objects");
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> i == 1 ? first.toString() : first + "-" + i)
                .toList();
    }

    static List<String> ids(int targets) {
        return IntStream.rangeClosed(1, targets).mapToObj(i -> "n" + i).toList();
    }

    /** Writes a file that only its owner can read, in one step. */
    static Path secret(Path file, String content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (var channel = Files.newByteChannel(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(java.nio.charset.StandardCharsets.UTF_8.encode(content));
        }
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
