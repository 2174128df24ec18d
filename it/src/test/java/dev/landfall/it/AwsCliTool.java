package dev.landfall.it;

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

/** Debian's {@code awscli}. */
final class AwsCliTool implements S3Tool {
    private final Programs programs;
    private final URI endpoint;

    AwsCliTool(Path home, URI endpoint, String access, String secret) {
        this.endpoint = endpoint;
        programs = new Programs(
                home,
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        access,
                        "AWS_SECRET_ACCESS_KEY",
                        secret,
                        "AWS_EC2_METADATA_DISABLED",
                        "true"));
    }

    private byte[] aws(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/aws", "--endpoint-url", endpoint.toString(), "--region", "us-east-1"));
        command.addAll(Arrays.asList(arguments));
        return programs.run(command.toArray(String[]::new));
    }

    private static String at(String bucket, String key) {
        return "s3://" + bucket + "/" + key;
    }

    @Override
    public String name() {
        return "awscli";
    }

    @Override
    public void makeBucket(String bucket) throws Exception {
        aws("s3", "mb", "s3://" + bucket);
    }

    @Override
    public void put(Path file, String bucket, String key) throws Exception {
        aws("s3", "cp", "--only-show-errors", file.toString(), at(bucket, key));
    }

    @Override
    public void get(String bucket, String key, Path file) throws Exception {
        aws("s3", "cp", "--only-show-errors", at(bucket, key), file.toString());
    }

    @Override
    public Set<String> list(String bucket, String prefix) throws Exception {
        String listed = new String(aws("s3", "ls", "--recursive", at(bucket, prefix)));
        return listed.lines().map(line -> line.split(" +", 4)[3]).collect(Collectors.toSet());
    }

    @Override
    public Optional<byte[]> range(String bucket, String key, int first, int last) throws Exception {
        Path file = programs.home().resolve("range");
        aws(
                "s3api",
                "get-object",
                "--bucket",
                bucket,
                "--key",
                key,
                "--range",
                "bytes=" + first + "-" + last,
                file.toString());
        return Optional.of(Files.readAllBytes(file));
    }

    @Override
    public void copy(String bucket, String from, String to) throws Exception {
        aws("s3", "cp", "--only-show-errors", at(bucket, from), at(bucket, to));
    }

    @Override
    public Optional<URI> presignedGet(String bucket, String key) throws Exception {
        return Optional.of(URI.create(new String(aws("s3", "presign", at(bucket, key))).strip()));
    }

    @Override
    public Optional<URI> presignedPut(String bucket, String key) {
        return Optional.empty();
    }

    @Override
    public boolean syncUp(Path directory, String bucket, String prefix) throws Exception {
        aws("s3", "sync", "--only-show-errors", directory.toString(), at(bucket, prefix));
        return true;
    }

    @Override
    public boolean syncDown(String bucket, String prefix, Path directory) throws Exception {
        aws("s3", "sync", "--only-show-errors", at(bucket, prefix), directory.toString());
        return true;
    }

    @Override
    public void removeAll(String bucket) throws Exception {
        aws("s3", "rm", "--only-show-errors", "--recursive", "s3://" + bucket);
    }

    @Override
    public void removeBucket(String bucket) throws Exception {
        aws("s3", "rb", "s3://" + bucket);
    }
}
