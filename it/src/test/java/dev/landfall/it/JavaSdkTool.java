package dev.landfall.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The synchronous client of the AWS SDK for Java 2 with its default settings; in parts what is larger than 16 MiB. */
final class JavaSdkTool implements S3Tool {
    private static final int PART = 16 << 20;

    private final S3Client s3;
    private final S3Presigner presigner;

    JavaSdkTool(URI endpoint, String access, String secret) {
        var keys = StaticCredentialsProvider.create(AwsBasicCredentials.create(access, secret));
        s3 = S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(keys)
                .build();
        presigner = S3Presigner.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(keys)
                .build();
    }

    @Override
    public String name() {
        return "java-sync";
    }

    @Override
    public void makeBucket(String bucket) {
        s3.createBucket(r -> r.bucket(bucket));
    }

    @Override
    public void put(Path file, String bucket, String key) throws IOException {
        if (Files.size(file) <= PART) {
            s3.putObject(r -> r.bucket(bucket).key(key), file);
            return;
        }
        String id = s3.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        try (FileChannel in = FileChannel.open(file)) {
            for (long from = 0; from < in.size(); from += PART) {
                int number = parts.size() + 1;
                var piece = in.map(FileChannel.MapMode.READ_ONLY, from, Math.min(PART, in.size() - from));
                String etag = s3.uploadPart(
                                r -> r.bucket(bucket).key(key).uploadId(id).partNumber(number),
                                RequestBody.fromByteBuffer(piece))
                        .eTag();
                parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
            }
        }
        s3.completeMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
    }

    @Override
    public void get(String bucket, String key, Path file) {
        s3.getObject(r -> r.bucket(bucket).key(key), file);
    }

    @Override
    public Set<String> list(String bucket, String prefix) {
        return s3.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix).maxKeys(3)).contents().stream()
                .map(S3Object::key)
                .collect(Collectors.toSet());
    }

    @Override
    public Optional<byte[]> range(String bucket, String key, int first, int last) {
        ResponseBytes<?> bytes =
                s3.getObjectAsBytes(r -> r.bucket(bucket).key(key).range("bytes=" + first + "-" + last));
        return Optional.of(bytes.asByteArray());
    }

    @Override
    public void copy(String bucket, String from, String to) {
        s3.copyObject(r ->
                r.sourceBucket(bucket).sourceKey(from).destinationBucket(bucket).destinationKey(to));
    }

    @Override
    public Optional<URI> presignedGet(String bucket, String key) throws URISyntaxException {
        return Optional.of(presigner
                .presignGetObject(r -> r.signatureDuration(Duration.ofMinutes(10))
                        .getObjectRequest(g -> g.bucket(bucket).key(key)))
                .url()
                .toURI());
    }

    @Override
    public Optional<URI> presignedPut(String bucket, String key) throws URISyntaxException {
        return Optional.of(presigner
                .presignPutObject(r -> r.signatureDuration(Duration.ofMinutes(10))
                        .putObjectRequest(p -> p.bucket(bucket).key(key)))
                .url()
                .toURI());
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
    public void removeAll(String bucket) {
        List<ObjectIdentifier> all = list(bucket, "").stream()
                .map(key -> ObjectIdentifier.builder().key(key).build())
                .toList();
        var reply = s3.deleteObjects(r -> r.bucket(bucket).delete(d -> d.objects(all)));
        if (reply.hasErrors() && !reply.errors().isEmpty()) {
            throw new UncheckedIOException(new IOException(reply.errors().toString()));
        }
    }

    @Override
    public void removeBucket(String bucket) {
        s3.deleteBucket(r -> r.bucket(bucket));
    }

    @Override
    public void close() {
        s3.close();
        presigner.close();
    }
}
