package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** The TransferManager of the AWS SDK for Java 2, over its asynchronous client or over the one of the AWS Common Runtime (CRT). */
final class TransferManagerTool implements S3Tool {
    private final String name;
    private final S3AsyncClient s3;
    private final S3TransferManager transfers;

    private TransferManagerTool(String name, S3AsyncClient s3) {
        this.name = name;
        this.s3 = s3;
        this.transfers = S3TransferManager.builder().s3Client(s3).build();
    }

    static TransferManagerTool java(URI endpoint, String access, String secret) {
        return new TransferManagerTool(
                "java-transfer-manager",
                S3AsyncClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(keys(access, secret))
                        .multipartEnabled(true)
                        .build());
    }

    static TransferManagerTool crt(URI endpoint, String access, String secret) {
        return new TransferManagerTool(
                "java-crt",
                S3AsyncClient.crtBuilder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(keys(access, secret))
                        .build());
    }

    private static StaticCredentialsProvider keys(String access, String secret) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(access, secret));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void makeBucket(String bucket) {
        s3.createBucket(r -> r.bucket(bucket)).join();
    }

    @Override
    public void put(Path file, String bucket, String key) {
        transfers
                .uploadFile(u ->
                        u.source(file).putObjectRequest(p -> p.bucket(bucket).key(key)))
                .completionFuture()
                .join();
    }

    @Override
    public void get(String bucket, String key, Path file) {
        transfers
                .downloadFile(d -> d.destination(file)
                        .getObjectRequest(g -> g.bucket(bucket).key(key)))
                .completionFuture()
                .join();
    }

    @Override
    public Set<String> list(String bucket, String prefix) {
        Set<String> keys = new ConcurrentSkipListSet<>();
        s3.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix).maxKeys(3))
                .contents()
                .subscribe(object -> keys.add(object.key()))
                .join();
        return keys;
    }

    @Override
    public Optional<byte[]> range(String bucket, String key, int first, int last) {
        ResponseBytes<GetObjectResponse> bytes = s3.getObject(
                        r -> r.bucket(bucket).key(key).range("bytes=" + first + "-" + last),
                        AsyncResponseTransformer.toBytes())
                .join();
        return Optional.of(bytes.asByteArray());
    }

    @Override
    public void copy(String bucket, String from, String to) {
        CopyObjectRequest request = CopyObjectRequest.builder()
                .sourceBucket(bucket)
                .sourceKey(from)
                .destinationBucket(bucket)
                .destinationKey(to)
                .build();
        transfers.copy(c -> c.copyObjectRequest(request)).completionFuture().join();
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
    public boolean syncUp(Path directory, String bucket, String prefix) {
        var done = transfers
                .uploadDirectory(u -> u.source(directory).bucket(bucket).s3Prefix(prefix))
                .completionFuture()
                .join();
        assertThat(done.failedTransfers()).as(name).isEmpty();
        return true;
    }

    @Override
    public boolean syncDown(String bucket, String prefix, Path directory) {
        var done = transfers
                .downloadDirectory(d ->
                        d.destination(directory).bucket(bucket).listObjectsV2RequestTransformer(l -> l.prefix(prefix)))
                .completionFuture()
                .join();
        assertThat(done.failedTransfers()).as(name).isEmpty();
        return true;
    }

    @Override
    public void removeAll(String bucket) {
        List<ObjectIdentifier> all = new ArrayList<>();
        list(bucket, "")
                .forEach(key -> all.add(ObjectIdentifier.builder().key(key).build()));
        var reply = s3.deleteObjects(r -> r.bucket(bucket).delete(d -> d.objects(all)))
                .join();
        assertThat(reply.errors()).as(name).isEmpty();
    }

    @Override
    public void removeBucket(String bucket) {
        s3.deleteBucket(r -> r.bucket(bucket)).join();
    }

    @Override
    public void close() {
        transfers.close();
        s3.close();
    }
}
