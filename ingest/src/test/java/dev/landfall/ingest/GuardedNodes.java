package dev.landfall.ingest;

import dev.landfall.ingest.auth.AuthConfig;
import dev.landfall.ingest.auth.ClusterSecret;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Two nodes that answer nobody without credentials, for all test classes that register it, and a bucket for each test. */
final class GuardedNodes implements BeforeEachCallback {
    static final String ACCESS = "admin-key";
    static final String SECRET = "the secret of the admin";
    static final String PUBLIC = "public-bucket";
    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static final AuthConfig AUTH = new AuthConfig(
            ClusterSecret.of("a secret of all nodes"), new AuthConfig.AdminKey(ACCESS, SECRET), true, Set.of(PUBLIC));

    private record Running(TestNode one, TestNode two, Path directory, S3Client s3) implements AutoCloseable {
        static Running start() {
            try {
                Path directory = Files.createTempDirectory("landfall-ingest-s3");
                var state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1", "n2"));
                var one = TestNode.start(new FakeCluster(state, "n1"), directory.resolve("n1"), AUTH);
                var two = TestNode.start(new FakeCluster(state, "n2"), directory.resolve("n2"), AUTH);
                return new Running(one, two, directory, client(one.ingest.s3Url(), ACCESS, SECRET));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            s3.close();
            one.close();
            two.close();
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Running running;
    private String bucket;

    @Override
    public void beforeEach(ExtensionContext context) {
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Running.class, type -> Running.start(), Running.class);
        bucket = "guarded-" + BUCKETS.incrementAndGet();
        s3().createBucket(request -> request.bucket(bucket));
    }

    static S3Client client(String url, String access, String secret) {
        return S3Client.builder()
                .endpointOverride(URI.create(url))
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(access, secret)))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
    }

    static S3Presigner presigner(String url) {
        return S3Presigner.builder()
                .endpointOverride(URI.create(url))
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS, SECRET)))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
    }

    /** Of the administrator, at the first node. */
    S3Client s3() {
        return running.s3();
    }

    TestNode one() {
        return running.one();
    }

    TestNode two() {
        return running.two();
    }

    String bucket() {
        return bucket;
    }

    /** The name of an object in the test's bucket that belongs to the node. */
    String nameAt(TestNode node, String prefix) {
        for (int i = 0; ; i++) {
            var key = ObjectKey.of(bucket, prefix + i);
            if (node.cluster.view().requireMap().ownerOf(key).node().equals(node.cluster.nodeId())) {
                return key.name();
            }
        }
    }

    static String bearer(String access, String secret) {
        return "Authorization: Bearer " + access + ":" + secret;
    }
}
