package dev.landfall.it;

import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyExistsException;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What S3 really has, read with the AWS SDK and nothing of ours. */
final class S3Side implements AutoCloseable {
    private final S3Client client;

    private S3Side(S3Client client) {
        this.client = client;
    }

    static S3Side connect(URI endpoint, String region, String accessKey, String secretKey) {
        return new S3Side(S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .forcePathStyle(true)
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(32))
                .build());
    }

    S3Side withBucket(String bucket) {
        try {
            client.createBucket(request -> request.bucket(bucket));
        } catch (BucketAlreadyOwnedByYouException | BucketAlreadyExistsException e) {
            // A run before this one made it.
        }
        return this;
    }

    /** ETags, unquoted, by key. Of an object sent in one piece it is the MD5 of its bytes; while it is being written it may be empty. */
    Map<String, String> etags(String bucket, String prefix) {
        Map<String, String> etags = new TreeMap<>();
        client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents().stream()
                .forEach(object -> etags.put(object.key(), unquoted(object)));
        return etags;
    }

    boolean has(String bucket, String key) {
        try {
            client.headObject(request -> request.bucket(bucket).key(key));
            return true;
        } catch (NoSuchKeyException e) {
            return false;
        }
    }

    void put(String bucket, String key, byte[] body) {
        client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(body));
    }

    byte[] bytes(String bucket, String key) {
        return client.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                .asByteArray();
    }

    /** Null when there is no such object. */
    byte[] bytesOrNull(String bucket, String key) {
        try {
            return bytes(bucket, key);
        } catch (NoSuchKeyException e) {
            return null;
        }
    }

    private static String unquoted(S3Object object) {
        return object.eTag() == null ? "" : object.eTag().replace("\"", "");
    }

    @Override
    public void close() {
        client.close();
    }
}
