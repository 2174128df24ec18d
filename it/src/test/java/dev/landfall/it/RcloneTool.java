package dev.landfall.it;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Debian's {@code rclone}. It has no presigned put. */
final class RcloneTool implements S3Tool {
    private final Programs programs;

    RcloneTool(Path home, URI endpoint, String access, String secret) {
        programs = new Programs(
                home,
                Map.of(
                        "RCLONE_CONFIG_LF_TYPE",
                        "s3",
                        "RCLONE_CONFIG_LF_PROVIDER",
                        "Other",
                        "RCLONE_CONFIG_LF_ENDPOINT",
                        endpoint.toString(),
                        "RCLONE_CONFIG_LF_ACCESS_KEY_ID",
                        access,
                        "RCLONE_CONFIG_LF_SECRET_ACCESS_KEY",
                        secret));
    }

    private byte[] rclone(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/rclone", "--retries", "1"));
        command.addAll(Arrays.asList(arguments));
        return programs.run(command.toArray(String[]::new));
    }

    private static String at(String bucket, String key) {
        return "lf:" + bucket + "/" + key;
    }

    @Override
    public String name() {
        return "rclone";
    }

    @Override
    public void makeBucket(String bucket) throws Exception {
        rclone("mkdir", "lf:" + bucket);
    }

    @Override
    public void put(Path file, String bucket, String key) throws Exception {
        rclone("copyto", file.toString(), at(bucket, key));
    }

    @Override
    public void get(String bucket, String key, Path file) throws Exception {
        rclone("copyto", at(bucket, key), file.toString());
    }

    @Override
    public Set<String> list(String bucket, String prefix) throws Exception {
        return new String(rclone("lsf", "--recursive", "--files-only", at(bucket, prefix)))
                .lines()
                .map(name -> prefix + name)
                .collect(Collectors.toSet());
    }

    @Override
    public Optional<byte[]> range(String bucket, String key, int first, int last) throws Exception {
        return Optional.of(rclone(
                "cat",
                "--offset",
                Integer.toString(first),
                "--count",
                Integer.toString(last - first + 1),
                at(bucket, key)));
    }

    @Override
    public void copy(String bucket, String from, String to) throws Exception {
        rclone("copyto", at(bucket, from), at(bucket, to));
    }

    @Override
    public Optional<URI> presignedGet(String bucket, String key) throws Exception {
        return Optional.of(URI.create(new String(rclone("link", "--expire", "1h", at(bucket, key))).strip()));
    }

    @Override
    public Optional<URI> presignedPut(String bucket, String key) {
        return Optional.empty();
    }

    @Override
    public boolean syncUp(Path directory, String bucket, String prefix) throws Exception {
        rclone("sync", directory.toString(), at(bucket, prefix));
        return true;
    }

    @Override
    public boolean syncDown(String bucket, String prefix, Path directory) throws Exception {
        rclone("sync", at(bucket, prefix), directory.toString());
        return true;
    }

    @Override
    public void removeAll(String bucket) throws Exception {
        rclone("delete", "lf:" + bucket);
    }

    @Override
    public void removeBucket(String bucket) throws Exception {
        rclone("rmdir", "lf:" + bucket);
    }
}
