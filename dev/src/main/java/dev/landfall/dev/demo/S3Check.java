package dev.landfall.dev.demo;

import dev.landfall.dev.s3.S3Process;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Reads the S3 side with the AWS SDK, past Landfall. */
final class S3Check implements AutoCloseable {
    private final S3Client s3;

    S3Check(S3Process server) {
        s3 = S3Client.builder()
                .endpointOverride(server.endpoint())
                .region(Region.of(server.region()))
                .forcePathStyle(true)
                .httpClientBuilder(Apache5HttpClient.builder())
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
                .build();
    }

    void createBucket(String bucket) {
        s3.createBucket(request -> request.bucket(bucket));
    }

    /**
     * Compares every object below the prefix with what must be there, and nothing else.
     *
     * @param expected SHA-256 by name
     */
    void compare(String bucket, String prefix, Map<String, String> expected, Problems problems) {
        try {
            Set<String> found = new HashSet<>();
            for (S3Object object : s3.listObjectsV2Paginator(
                            request -> request.bucket(bucket).prefix(prefix + "/"))
                    .contents()) {
                found.add(object.key().substring(prefix.length() + 1));
            }
            List<String> missing = new ArrayList<>();
            List<String> different = new ArrayList<>();
            new TreeMap<>(expected).forEach((name, sha256) -> {
                if (!found.remove(name)) {
                    missing.add(name);
                } else if (!sha256.equals(DemoFile.sha256(content(bucket, prefix + "/" + name)))) {
                    different.add(name);
                }
            });
            problems.missing("s3://" + bucket + "/" + prefix + " lacks", missing, expected.size());
            problems.missing("s3://" + bucket + "/" + prefix + " has other bytes", different, expected.size());
            problems.missing(
                    "s3://" + bucket + "/" + prefix + " has more than it should", List.copyOf(found), expected.size());
        } catch (SdkException e) {
            problems.add("s3://" + bucket + "/" + prefix + " cannot be read: " + e.getMessage());
        }
    }

    private byte[] content(String bucket, String key) {
        return s3.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArrayUnsafe();
    }

    @Override
    public void close() {
        s3.close();
    }
}
