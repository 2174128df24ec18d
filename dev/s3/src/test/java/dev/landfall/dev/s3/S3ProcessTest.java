package dev.landfall.dev.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3ProcessTest {
    @TempDir
    Path directory;

    @Test
    void keepsObjectsAndKeysAndPortOverRestarts() throws Exception {
        // given
        String secret;
        URI endpoint;
        try (var server = S3Process.start(directory, 0, Duration.ZERO);
                var s3 = client(server, server.secretKey())) {
            secret = server.secretKey();
            endpoint = server.endpoint();
            s3.createBucket(b -> b.bucket("made-by-sdk"));
            server.createBucket("made-by-hand");
            s3.putObject(
                    b -> b.bucket("made-by-sdk").key("a/b c+d.txt").metadata(java.util.Map.of("generation", "7")),
                    body("one"));
            s3.putObject(b -> b.bucket("made-by-hand").key("x").ifNoneMatch("*"), body("two"));

            // then
            assertThat(status(() ->
                            s3.putObject(b -> b.bucket("made-by-hand").key("x").ifNoneMatch("*"), body("three"))))
                    .isEqualTo(412);
            assertThat(s3.headObject(b -> b.bucket("made-by-sdk").key("a/b c+d.txt"))
                            .metadata())
                    .containsEntry("generation", "7");
            assertThat(status(() ->
                            s3.getObjectAsBytes(b -> b.bucket("made-by-sdk").key("none"))))
                    .isEqualTo(404);
        }

        // when
        try (var server = S3Process.start(directory, 0, Duration.ZERO);
                var s3 = client(server, secret)) {

            // then
            assertThat(server.endpoint()).isEqualTo(endpoint);
            assertThat(s3.getObjectAsBytes(b -> b.bucket("made-by-sdk").key("a/b c+d.txt"))
                            .asUtf8String())
                    .isEqualTo("one");
            assertThat(s3.listObjectsV2(b -> b.bucket("made-by-hand")).contents())
                    .hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("keys"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refusesAWrongSecretAndDelaysEachReplyAndEndsWithItsParent() throws Exception {
        try (var server = S3Process.start(directory, 0, Duration.ofMillis(300));
                var stranger = client(server, "wrong");
                var s3 = client(server, server.secretKey())) {
            server.createBucket("data");
            assertThat(status(() -> stranger.putObject(b -> b.bucket("data").key("k"), body("v"))))
                    .isEqualTo(403);

            long begin = System.nanoTime();
            s3.putObject(b -> b.bucket("data").key("k"), body("v"));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(290));

            ProcessHandle child = ProcessHandle.of(server.pid()).orElseThrow();
            server.endInput();
            assertThat(child.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    @Test
    void saysWhenItsPortIsTakenAndEndsWithItsParentEvenWhenItsFilesAreGone() throws Exception {
        try (var server = S3Process.start(directory.resolve("a"), 0, Duration.ZERO)) {
            int port = server.endpoint().getPort();
            assertThatThrownBy(() -> S3Process.start(directory.resolve("b"), port, Duration.ZERO))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + port);
            Files.delete(directory.resolve("a/buckets"));
            ProcessHandle child = ProcessHandle.of(server.pid()).orElseThrow();
            server.endInput();
            assertThat(child.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    private static int status(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return org.assertj.core.api.Assertions.catchThrowable(call) instanceof S3Exception e ? e.statusCode() : 200;
    }

    private static RequestBody body(String text) {
        return RequestBody.fromString(text);
    }

    private static S3Client client(S3Process server, String secret) {
        return S3Client.builder()
                .endpointOverride(server.endpoint())
                .region(Region.of(server.region()))
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(server.accessKey(), secret)))
                .build();
    }
}
