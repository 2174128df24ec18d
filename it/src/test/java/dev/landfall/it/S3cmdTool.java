package dev.landfall.it;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Debian's {@code s3cmd}. It has no ranged get, and presigns only with the older Signature Version 2. */
final class S3cmdTool implements S3Tool {
    private final Programs programs;

    S3cmdTool(Path home, URI endpoint, String access, String secret) throws IOException {
        Files.writeString(home.resolve(".s3cfg"), """
                [default]
                access_key = %s
                secret_key = %s
                host_base = %s
                host_bucket = %s
                use_https = False
                """.formatted(
                        access, secret, endpoint.getAuthority(), endpoint.getAuthority()));
        programs = new Programs(home, Map.of());
    }

    private String s3cmd(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/s3cmd", "--no-progress"));
        command.addAll(Arrays.asList(arguments));
        return programs.text(command.toArray(String[]::new));
    }

    private static String at(String bucket, String key) {
        return "s3://" + bucket + "/" + key;
    }

    @Override
    public String name() {
        return "s3cmd";
    }

    @Override
    public void makeBucket(String bucket) throws Exception {
        s3cmd("mb", "s3://" + bucket);
    }

    @Override
    public void put(Path file, String bucket, String key) throws Exception {
        s3cmd("put", file.toString(), at(bucket, key));
    }

    @Override
    public void get(String bucket, String key, Path file) throws Exception {
        s3cmd("get", "--force", at(bucket, key), file.toString());
    }

    @Override
    public Set<String> list(String bucket, String prefix) throws Exception {
        String head = "s3://" + bucket + "/";
        return s3cmd("ls", "--recursive", at(bucket, prefix))
                .lines()
                .map(line -> line.substring(line.indexOf(head) + head.length()))
                .collect(Collectors.toSet());
    }

    @Override
    public Optional<byte[]> range(String bucket, String key, int first, int last) {
        return Optional.empty();
    }

    @Override
    public void copy(String bucket, String from, String to) throws Exception {
        s3cmd("cp", at(bucket, from), at(bucket, to));
    }

    @Override
    public Optional<URI> presignedGet(String bucket, String key) {
        return Optional.empty();
    }

    @Override
    public Optional<URI> presignedPut(String bucket, String key) {
        return Optional.empty();
    }

    @Override
    public boolean syncUp(Path directory, String bucket, String prefix) throws Exception {
        s3cmd("sync", directory + "/", at(bucket, prefix));
        return true;
    }

    @Override
    public boolean syncDown(String bucket, String prefix, Path directory) throws Exception {
        s3cmd("sync", at(bucket, prefix), directory + "/");
        return true;
    }

    @Override
    public void removeAll(String bucket) throws Exception {
        s3cmd("rm", "--recursive", "--force", "s3://" + bucket);
    }

    @Override
    public void removeBucket(String bucket) throws Exception {
        s3cmd("rb", "s3://" + bucket);
    }
}
