package dev.landfall.it;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The newest {@code boto3} of PyPI in a virtual environment of its own, with its default settings: checksums in trailers. */
final class Boto3Tool implements S3Tool {
    private static final String SCRIPT = """
            import os, sys, boto3
            s3 = boto3.client('s3', endpoint_url=os.environ['ENDPOINT'], region_name='us-east-1')
            what, bucket, *rest = sys.argv[1:]
            if what == 'mb':
                s3.create_bucket(Bucket=bucket)
            elif what == 'put':
                s3.upload_file(rest[0], bucket, rest[1])
            elif what == 'get':
                s3.download_file(bucket, rest[0], rest[1])
            elif what == 'ls':
                for page in s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix=rest[0], PaginationConfig={'PageSize': 3}):
                    for entry in page.get('Contents', []):
                        print(entry['Key'])
            elif what == 'range':
                body = s3.get_object(Bucket=bucket, Key=rest[0], Range=f'bytes={rest[1]}-{rest[2]}')['Body'].read()
                sys.stdout.buffer.write(body)
            elif what == 'cp':
                s3.copy({'Bucket': bucket, 'Key': rest[0]}, bucket, rest[1])
            elif what == 'presign':
                print(s3.generate_presigned_url(rest[0], Params={'Bucket': bucket, 'Key': rest[1]}, ExpiresIn=600))
            elif what == 'rm':
                boto3.resource('s3', endpoint_url=os.environ['ENDPOINT'], region_name='us-east-1').Bucket(bucket).objects.all().delete()
            elif what == 'rb':
                s3.delete_bucket(Bucket=bucket)
            """;

    private final Programs programs;
    private final String python;
    private final Path script;

    Boto3Tool(Path home, URI endpoint, String access, String secret) throws Exception {
        Path venv = home.resolve("venv");
        new Programs(home, System.getenv()).run("python3", "-m", "venv", venv.toString());
        python = venv.resolve("bin/python").toString();
        new Programs(home, System.getenv()).run(python, "-m", "pip", "install", "--quiet", "boto3");
        script = Files.writeString(home.resolve("tool.py"), SCRIPT);
        programs = new Programs(
                home,
                Map.of(
                        "ENDPOINT",
                        endpoint.toString(),
                        "AWS_ACCESS_KEY_ID",
                        access,
                        "AWS_SECRET_ACCESS_KEY",
                        secret,
                        "AWS_EC2_METADATA_DISABLED",
                        "true"));
    }

    private byte[] python(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 2];
        command[0] = python;
        command[1] = script.toString();
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return programs.run(command);
    }

    @Override
    public String name() {
        return "boto3";
    }

    @Override
    public void makeBucket(String bucket) throws Exception {
        python("mb", bucket);
    }

    @Override
    public void put(Path file, String bucket, String key) throws Exception {
        python("put", bucket, file.toString(), key);
    }

    @Override
    public void get(String bucket, String key, Path file) throws Exception {
        python("get", bucket, key, file.toString());
    }

    @Override
    public Set<String> list(String bucket, String prefix) throws Exception {
        return new String(python("ls", bucket, prefix), StandardCharsets.UTF_8)
                .lines()
                .collect(Collectors.toSet());
    }

    @Override
    public Optional<byte[]> range(String bucket, String key, int first, int last) throws Exception {
        return Optional.of(python("range", bucket, key, Integer.toString(first), Integer.toString(last)));
    }

    @Override
    public void copy(String bucket, String from, String to) throws Exception {
        python("cp", bucket, from, to);
    }

    @Override
    public Optional<URI> presignedGet(String bucket, String key) throws Exception {
        return Optional.of(URI.create(new String(python("presign", bucket, "get_object", key)).strip()));
    }

    @Override
    public Optional<URI> presignedPut(String bucket, String key) throws Exception {
        return Optional.of(URI.create(new String(python("presign", bucket, "put_object", key)).strip()));
    }

    @Override
    public boolean syncUp(Path directory, String bucket, String prefix) {
        return false;
    }

    @Override
    public boolean syncDown(String bucket, String prefix, Path directory) {
        return false;
    }

    @Override
    public void removeAll(String bucket) throws Exception {
        python("rm", bucket);
    }

    @Override
    public void removeBucket(String bucket) throws Exception {
        python("rb", bucket);
    }
}
